/// The name of a room: 1 to 128 bytes of UTF-8.
public struct RoomName: Hashable, Sendable {
    /// The most bytes that a name may have.
    public static let longest = 128

    public let text: String

    /// Nil when `text` is empty or longer than ``longest``.
    public init?(_ text: String) {
        guard (1...Self.longest).contains(text.utf8.count) else { return nil }
        self.text = text
    }
}

extension RoomName: ExpressibleByStringLiteral {
    /// A name in the program's text.
    ///
    /// - Precondition: it has 1 to 128 bytes.
    public init(stringLiteral text: String) {
        guard let name = RoomName(text) else { preconditionFailure("a room's name has 1 to 128 bytes: \(text)") }
        self = name
    }
}

extension RoomName: CustomStringConvertible {
    public var description: String { text }
}
