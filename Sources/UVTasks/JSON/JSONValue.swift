import UVCore

/// A value in a message, as what `Codable` types read themselves from.
struct JSONValue: Decoder {
    let message: JSONMessage
    let place: JSONMessage.Place
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(_ message: JSONMessage, _ place: JSONMessage.Place, at path: [any CodingKey]) {
        (self.message, self.place, codingPath) = (message, place, path)
    }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let value: Any?
        switch type {
        case is String.Type: value = message.string(place)
        case is Bool.Type: value = message.truth(place)
        case let type as any FixedWidthInteger.Type: value = integer(type)
        case is Double.Type: value = isNumber ? Double(text) : nil
        case is Float.Type: value = isNumber ? Float(text) : nil
        default: return try Value(from: self)
        }
        guard let value = value as? Value else { throw mismatch(type) }
        return value
    }

    var isNull: Bool { message.isNull(place) }

    func mismatch(_ type: Any.Type) -> DecodingError {
        .typeMismatch(type, .init(codingPath: codingPath, debugDescription: "the value is no \(type)"))
    }

    private var text: String { String(decoding: message.bytes[place], as: UTF8.self) }

    private var isNumber: Bool { "-0123456789".utf8.contains(message.bytes[place.lowerBound]) }

    /// A whole number, also one that is written `5.0` or `5e3`.
    private func integer<Integer: FixedWidthInteger>(_ type: Integer.Type) -> Integer? {
        guard isNumber else { return nil }
        return message.integer(place, as: type) ?? Double(text).flatMap { Integer(exactly: $0) }
    }

    // MARK: What a type asks for

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard message.bytes[place.lowerBound] == UInt8(ascii: "{") else { throw mismatch([String: Any].self) }
        return KeyedDecodingContainer(Members(of: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let places = message.elements(of: place) else { throw mismatch([Any].self) }
        return Elements(value: self, places: places)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { Whole(value: self) }
}

/// Its members are found once, so that a type that asks for each of many costs no more than the text's length.
private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
    private let value: JSONValue
    private var places: [ByteText: JSONMessage.Place] = [:]

    init(of value: JSONValue) {
        self.value = value
        var places: [ByteText: JSONMessage.Place] = [:]
        value.message.forEachMember(of: value.place) { name, place in places[ByteText(name)] = place }
        self.places = places
    }

    var codingPath: [any CodingKey] { value.codingPath }
    var allKeys: [Key] { places.keys.compactMap { Key(stringValue: $0.text) } }

    func contains(_ key: Key) -> Bool { places[ByteText(key.stringValue)] != nil }
    func decodeNil(forKey key: Key) throws -> Bool { try member(key).isNull }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try member(key).decode(type) }

    func nestedContainer<Other: CodingKey>(
        keyedBy type: Other.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Other> { try member(key).container(keyedBy: type) }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try member(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { try member("super" as JSONKey) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try member(key) }

    private func member(_ key: some CodingKey) throws -> JSONValue {
        guard let place = places[ByteText(key.stringValue)] else {
            throw DecodingError.keyNotFound(
                key, .init(codingPath: codingPath, debugDescription: "there is no \(key.stringValue)"))
        }
        return JSONValue(value.message, place, at: codingPath + [key])
    }
}

private struct Elements: UnkeyedDecodingContainer {
    let value: JSONValue
    let places: [JSONMessage.Place]
    private(set) var currentIndex = 0

    init(value: JSONValue, places: [JSONMessage.Place]) { (self.value, self.places) = (value, places) }

    var codingPath: [any CodingKey] { value.codingPath }
    var count: Int? { places.count }
    var isAtEnd: Bool { currentIndex == places.count }

    mutating func decodeNil() throws -> Bool {
        guard try peek().isNull else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try advance { try $0.decode(type) } }

    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try advance { try $0.container(keyedBy: type) }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try advance { try $0.unkeyedContainer() }
    }

    mutating func superDecoder() throws -> any Decoder { try advance { $0 } }

    private mutating func advance<Value>(_ read: (JSONValue) throws -> Value) throws -> Value {
        let read = try read(peek())
        currentIndex += 1
        return read
    }

    private func peek() throws -> JSONValue {
        let path = codingPath + [JSONKey(intValue: currentIndex)]
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                Any.self, .init(codingPath: path, debugDescription: "the array has no more elements"))
        }
        return JSONValue(value.message, places[currentIndex], at: path)
    }
}

private struct Whole: SingleValueDecodingContainer {
    let value: JSONValue
    var codingPath: [any CodingKey] { value.codingPath }

    func decodeNil() -> Bool { value.isNull }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try value.decode(type) }
}
