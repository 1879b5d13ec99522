/// A text of a client's that is compared and hashed as its bytes of UTF-8, as a key too.
public struct PlainText: Sendable {
    /// The text as the client sent it: nothing is normalised.
    public let text: String

    /// Keeps the text as it is, of any length.
    public init(_ text: String) { self.text = text }
}

extension PlainText: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self.init(text) }
}

extension PlainText: Hashable {
    public static func == (left: PlainText, right: PlainText) -> Bool { left.text.isSame(as: right.text) }

    public func hash(into hasher: inout Hasher) {
        text.utf8Span.span.bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}
