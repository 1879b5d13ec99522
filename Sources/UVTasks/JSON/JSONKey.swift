/// The name of a member, or a place in an array.
///
/// The library's own types are written and read by it, and by no enumeration of names, which the compiler would compare as
/// Swift compares text.
struct JSONKey: CodingKey, ExpressibleByStringLiteral {
    let stringValue: String
    let intValue: Int?

    init(stringLiteral name: String) { self.init(stringValue: name) }
    init(stringValue: String) { (self.stringValue, intValue) = (stringValue, nil) }
    init(intValue: Int) { (stringValue, self.intValue) = ("\(intValue)", intValue) }
}

extension Decoder {
    /// The members of the object that is read.
    var members: KeyedDecodingContainer<JSONKey> { get throws { try container(keyedBy: JSONKey.self) } }
}

extension Encoder {
    /// The members of the object that is written.
    var members: KeyedEncodingContainer<JSONKey> { container(keyedBy: JSONKey.self) }
}
