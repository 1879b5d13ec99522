import UVHTTP

/// What names a request in its answer and in the log.
struct RequestID: Hashable, Sendable {
    let text: String

    /// A name that a client has given: 1 to 128 of `A–Z a–z 0–9 . _ -`.
    init?(_ text: String) {
        guard (1...128).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed) else { return nil }
        self.text = text
    }

    private init(unchecked text: String) { self.text = text }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Makes names: a random part for the process, and a number that grows. They are names, not secrets.
    struct Source {
        private let prefix: String
        private var count: UInt64 = 0

        init() {
            prefix = String(UInt32.random(in: .min ... .max) | 0x8000_0000, radix: 16)
        }

        mutating func next() -> RequestID {
            count &+= 1
            return RequestID(unchecked: "\(prefix)-\(count)")
        }
    }
}

extension HTTPField.Name {
    /// `X-Request-Id`.
    static let requestID: HTTPField.Name = {
        guard let name = HTTPField.Name("X-Request-Id") else { preconditionFailure("X-Request-Id is a token") }
        return name
    }()
}
