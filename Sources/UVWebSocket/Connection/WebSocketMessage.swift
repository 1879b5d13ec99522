/// One message: its kind and its bytes.
public struct WebSocketMessage: Hashable, Sendable {
    /// What the bytes are. RFC 6455 section 5.6.
    public enum Kind: Sendable {
        /// UTF-8, which has been checked.
        case text
        /// Bytes of any kind.
        case binary
    }

    /// What the bytes are.
    public let kind: Kind
    /// The content.
    public let bytes: [UInt8]

    /// A text message.
    public init(_ text: String) {
        kind = .text
        bytes = Array(text.utf8)
    }

    /// A binary message.
    public init(_ bytes: [UInt8]) {
        kind = .binary
        self.bytes = bytes
    }

    /// A text message whose UTF-8 is at hand, such as encoded JSON. It is not checked: a peer may close at bytes that are
    /// none.
    public init(json: [UInt8]) {
        kind = .text
        bytes = json
    }

    /// The bytes as text, also those of a binary message: what is no UTF-8 there is U+FFFD. ``kind`` says which it is.
    ///
    /// - Complexity: O(length); each call decodes them anew.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension WebSocketMessage: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self.init(text) }
}

extension WebSocketMessage {
    /// A message that has come in frames of which the first has `opcode`.
    init(_ opcode: Opcode, _ payload: [UInt8]) {
        kind = opcode == .text ? .text : .binary
        bytes = payload
    }

    /// What its frame says that it carries.
    var opcode: Opcode { kind == .text ? .text : .binary }
}
