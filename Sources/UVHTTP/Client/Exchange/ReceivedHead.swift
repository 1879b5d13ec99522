import HTTPTypes
import UVCore

/// The head of a response: its bytes, and where its parts lie in them. A part is decoded when it is asked for.
package struct ReceivedHead: Sendable {
    private(set) var parts = MessageHead()
    private var bytes: [UInt8] = []

    /// A head of which nothing has arrived.
    init() {}

    init(_ parts: MessageHead, _ bytes: RawSpan) {
        self.parts = parts
        self.bytes = [UInt8](copying: bytes)
    }

    /// In bytes.
    var length: Int { bytes.count }

    package var status: Int { parts.status }

    package var reason: String { text(parts.reason) }

    /// The value of a field as ``IncomingMessage/header(_:)`` has it: several of one name joined by a comma, and of those
    /// that may be there once the first. RFC 9110 section 5.3.
    ///
    /// - Complexity: O(fields).
    package func value(of name: HTTPField.Name) -> String? {
        let wanted = name.canonicalName.utf8.span.bytes
        let values = parts.fields.filter { bytes.span.bytes.extracting($0.name).hasSame(asciiLowercase: wanted) }
            .map { text($0.value) }
        guard let first = values.first else { return nil }
        return KnownField.countsOnce(name) ? first : values.joined(separator: ", ")
    }

    package var fields: HTTPFields {
        var fields = HTTPFields()
        for field in parts.fields {
            guard let name = HTTPField.Name(text(field.name)) else { continue }
            fields.append(HTTPField(name: name, value: text(field.value)))
        }
        return fields
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
