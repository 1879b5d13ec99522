import UVCore

/// A value of JSON that is being made: what `Codable` types write themselves to.
///
/// ```
/// value ──encode(to:)──► node ──┬─ text of a string, a number, true, false, null
///                               ├─ array of nodes
///                               └─ object of names and nodes ──write──► text
/// ```
///
/// One generic `encode` stands for all that the protocols ask for: each value is told by its type.
final class JSONNode: Encoder {
    enum Content {
        case text([UInt8])
        case array([JSONNode])
        case object([(name: String, node: JSONNode)])
    }

    var content = Content.object([])
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(at path: [any CodingKey]) { codingPath = path }

    /// The node of a whole value.
    convenience init(of value: some Encodable, at path: [any CodingKey]) throws {
        self.init(at: path)
        try set(value)
    }

    func set(_ value: some Encodable) throws {
        if let text = try text(of: value) { content = .text(text) } else { try value.encode(to: self) }
    }

    /// The text of a value that has no parts; nil for another one.
    private func text(of value: some Encodable) throws -> [UInt8]? {
        switch value {
        case let text as String:
            var bytes: [UInt8] = []
            JSON.quoted(text, to: &bytes)
            return bytes
        case let truth as Bool: return Array((truth ? "true" : "false").utf8)
        case let number as any BinaryInteger: return Array("\(number)".utf8)
        case let number as Double where number.isFinite: return Array("\(number)".utf8)
        case let number as Float where number.isFinite: return Array("\(number)".utf8)
        case is Double, is Float:
            throw EncodingError.invalidValue(
                value, .init(codingPath: codingPath, debugDescription: "JSON has finite numbers only"))
        default: return nil
        }
    }

    func write(to bytes: inout [UInt8]) {
        switch content {
        case .text(let text): bytes += text
        case .array(let nodes):
            bytes.append(UInt8(ascii: "["))
            for (index, node) in nodes.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                node.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSON.quoted(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.node.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    // MARK: What a value asks for

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        // A class and its superclass may both ask.
        if case .object = content {} else { content = .object([]) }
        return KeyedEncodingContainer(Members(node: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        content = .array([])
        return Elements(node: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { Whole(node: self) }

    fileprivate func addMember(_ key: some CodingKey) -> JSONNode {
        let node = JSONNode(at: codingPath + [key])
        if case .object(var members) = content {
            content = .text([])
            members.append((key.stringValue, node))
            content = .object(members)
        }
        return node
    }

    fileprivate func addElement() -> JSONNode {
        let node = JSONNode(at: codingPath + [JSONKey(intValue: count)])
        if case .array(var nodes) = content {
            content = .text([])
            nodes.append(node)
            content = .array(nodes)
        }
        return node
    }

    fileprivate var count: Int { if case .array(let nodes) = content { nodes.count } else { 0 } }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: JSONNode
    var codingPath: [any CodingKey] { node.codingPath }

    func encodeNil(forKey key: Key) { node.addMember(key).content = .text(JSON.null.bytes) }
    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws { try node.addMember(key).set(value) }

    func nestedContainer<Other: CodingKey>(
        keyedBy type: Other.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Other> { node.addMember(key).container(keyedBy: type) }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        node.addMember(key).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { node.addMember("super" as JSONKey) }
    func superEncoder(forKey key: Key) -> any Encoder { node.addMember(key) }
}

private struct Elements: UnkeyedEncodingContainer {
    let node: JSONNode
    var codingPath: [any CodingKey] { node.codingPath }
    var count: Int { node.count }

    func encodeNil() { node.addElement().content = .text(JSON.null.bytes) }
    func encode<Value: Encodable>(_ value: Value) throws { try node.addElement().set(value) }

    func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        node.addElement().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { node.addElement().unkeyedContainer() }
    func superEncoder() -> any Encoder { node.addElement() }
}

private struct Whole: SingleValueEncodingContainer {
    let node: JSONNode
    var codingPath: [any CodingKey] { node.codingPath }

    func encodeNil() { node.content = .text(JSON.null.bytes) }
    func encode<Value: Encodable>(_ value: Value) throws { try node.set(value) }
}
