/// Values of `Authorization`, RFC 9110 section 11.6.2.
///
/// ```swift
/// client.get(url, headers: [.authorization: Authorization.bearer(token)]) { … }
/// ```
public enum Authorization {
    /// `Bearer`, RFC 6750.
    public static func bearer(_ token: String) -> String { "Bearer \(token)" }

    /// `Basic`, RFC 7617. A server takes what follows the first colon for the password, so a user's name has none.
    public static func basic(user: String, password: String) -> String {
        "Basic \(base64(Array("\(user):\(password)".utf8)))"
    }

    /// RFC 4648 section 4.
    private static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                text.append(place > group.count ? UInt8(ascii: "=") : alphabet[bits >> (18 - 6 * place) & 63])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
