import UVCrypto

/// A secret that says which role a caller has. A print of it shows dots.
public struct AccessToken: Sendable, Equatable {
    /// A token shorter than this can be guessed, which is worth a warning.
    static let goodLength = 16

    /// The most bytes that a token may have.
    static let longest = 256

    private let bytes: [UInt8]

    /// Nil unless `text` is 1 to 256 of `A–Z a–z 0–9 - . _ ~`: what can stand in a header and in a subprotocol's name.
    public init?(_ text: String) {
        guard (1...Self.longest).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed) else { return nil }
        bytes = Array(text.utf8)
    }

    /// What a token may be, as the end of a sentence.
    public static let rule = "1 to 256 of A-Z a-z 0-9 - . _ ~"

    /// Whether `other` is this token, found in a time that does not tell how much of it is right.
    func matches(_ other: RawSpan) -> Bool { Crypto.timingSafeEqual(bytes.span.bytes, other) }

    var isShort: Bool { bytes.count < Self.goodLength }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}

extension AccessToken: CustomStringConvertible, CustomReflectable {
    public var description: String { "…" }

    public var customMirror: Mirror { Mirror(self, children: []) }
}
