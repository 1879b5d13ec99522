/// What Redis has answered to one command, by its protocol's version 2.
enum RedisReply: Sendable {
    /// A bulk string, or a simple one.
    case bytes([UInt8])
    case integer(Int)
    case array([RedisReply])
    case null
    /// An error of the command; its first word says which.
    case error(String)

    var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }

    /// Bytes as text; what is no UTF-8 becomes replacement characters.
    var text: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    /// An integer, or bytes that are the digits of one.
    var integer: Int? {
        switch self {
        case .integer(let number): number
        case .bytes(let bytes): DecimalNumber.read(bytes).flatMap { Int(exactly: $0) }
        default: nil
        }
    }

    var array: [RedisReply]? { if case .array(let replies) = self { replies } else { nil } }

    /// Whether it is the error of that name, such as `NOSCRIPT`.
    func isError(_ name: String) -> Bool {
        if case .error(let message) = self { message.utf8.starts(with: (name + " ").utf8) } else { false }
    }
}
