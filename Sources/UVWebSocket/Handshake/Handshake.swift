package import UVCrypto

/// The HTTP exchange that opens a WebSocket (RFC 6455 section 4), as functions on values.
///
/// Header fields are looked up by a closure, so that a test needs no server. The closure ignores the case of
/// the name, and joins the values of a field that came more than once with ", " (RFC 9110 section 5.3).
package enum Handshake {
    package typealias HeaderLookup = (_ name: String) -> String?

    package enum Field {
        package static let upgrade = "Upgrade"
        package static let connection = "Connection"
        package static let key = "Sec-WebSocket-Key"
        package static let version = "Sec-WebSocket-Version"
        package static let accept = "Sec-WebSocket-Accept"
        package static let subprotocol = "Sec-WebSocket-Protocol"
        package static let extensions = "Sec-WebSocket-Extensions"
    }

    /// The one version there is.
    package static let version = "13"

    /// A client's `Sec-WebSocket-Key`: 16 random bytes in base64.
    package static func makeKey() throws(CryptoError) -> String {
        Crypto.base64(try Crypto.randomBytes(16))
    }

    /// The `Sec-WebSocket-Accept` that answers `key` (section 4.2.2). It proves to the client that the server speaks
    /// WebSocket, and that the answer does not come out of a cache.
    package static func acceptKey(for key: String) throws(CryptoError) -> String {
        Crypto.base64(try Crypto.sha1(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
    }

    /// Whether `key` is base64 of 16 bytes: 22 digits and the padding.
    ///
    /// The last digit has four bits too many. They should be zero, but the RFC's own example in section 4.1,
    /// `AQIDBAUGBwgJCgsMDQ4PEC==`, sets one, so all are accepted.
    package static func isValidKey(_ key: String) -> Bool {
        let bytes = Array(key.utf8)
        return bytes.count == 24 && bytes[22...] == [UInt8(ascii: "="), UInt8(ascii: "=")]
            && bytes[..<22].allSatisfy(isBase64Digit)
    }

    private static func isBase64Digit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"): true
        default: false
        }
    }
}
