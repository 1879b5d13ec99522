/// One message: its kind and its bytes.
public struct WebSocketMessage: Hashable, Sendable {
    public enum Kind: Sendable {
        /// UTF-8, which has been checked.
        case text
        case binary
    }

    public let kind: Kind
    public let bytes: [UInt8]

    /// The bytes as text.
    ///
    /// - Complexity: O(length); each call decodes them anew.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}
