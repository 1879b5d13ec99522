import UVCore

/// The name of a room: 1 to 128 bytes of UTF-8.
///
/// The bytes are the name: `é` in one scalar and `é` in two are two rooms, though Swift's `==` on texts takes one for the
/// other.
public struct RoomName: Sendable {
    /// The most bytes that a name may have.
    public static let longest = 128

    /// The name as text.
    public let text: String

    /// Nil when `text` is empty or longer than ``longest``.
    public init?(_ text: String) {
        guard (1...Self.longest).contains(text.utf8.count) else { return nil }
        self.text = text
    }
}

extension RoomName: Hashable {
    public static func == (first: RoomName, second: RoomName) -> Bool { first.text.isSame(as: second.text) }

    public func hash(into hasher: inout Hasher) { hasher.combine(ByteText(text)) }
}

extension RoomName: ExpressibleByStringLiteral {
    /// A name in the program's text.
    ///
    /// - Precondition: it has 1 to 128 bytes.
    public init(stringLiteral text: String) {
        guard let name = RoomName(text) else { programError("a room's name has 1 to 128 bytes: \(text)") }
        self = name
    }
}

extension RoomName: CustomStringConvertible {
    public var description: String { text }
}
