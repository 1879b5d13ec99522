import HTTPTypes
import TaskEngine
import UVCore
import UVCrypto
import UVHTTP

/// `Idempotency-Key`: what a client calls a change by, so that it can ask for it again without making it again.
///
/// ```
///   name     SHA-256 of  role, method, path, key        the same key means another change elsewhere
///   content  SHA-256 of  SHA-256 of the body, query     what must be the same for it to be the same change
/// ```
extension IncomingMessage {
    /// Whether the request has no key, or one that can be used: 1 to 128 visible characters of ASCII, in one field. If
    /// not, it is answered.
    func hasUsableKey(_ response: ServerResponse) -> Bool {
        guard hasHeader(.idempotencyKey) else { return true }
        // Several fields are joined by a comma and a space, which is not visible.
        if withHeader(.idempotencyKey, { $0.isKey }) == true { return true }
        response.end(.badRequest, "Idempotency-Key must be 1 to 128 visible characters of ASCII, given once.")
        return false
    }

    /// The key of a request that has `body`; nil if it has none.
    ///
    /// - Complexity: O(length of head and body).
    func key(of body: [UInt8]) throws(CryptoError) -> IdempotencyKey? {
        guard hasHeader(.idempotencyKey), let text = header(known: .idempotencyKey) else { return nil }
        let role = self[Role.self]?.name ?? ""
        // None of them has a space in it.
        let name = "\(role) \(method.rawValue) \(path) \(text)"
        let content = try Crypto.sha256(body) + (query.text ?? "").utf8
        return IdempotencyKey(
            name: IdempotencyKey.Fingerprint(digest: try Crypto.sha256(Array(name.utf8))),
            content: IdempotencyKey.Fingerprint(digest: try Crypto.sha256(content)))
    }
}

extension RawSpan {
    fileprivate var isKey: Bool {
        (1...128).contains(byteCount) && (0..<byteCount).allSatisfy { (0x21...0x7E).contains(byte(at: $0)) }
    }
}

extension IdempotencyKey.Fingerprint {
    /// The first half of a SHA-256.
    fileprivate init(digest: [UInt8]) {
        let bytes = digest.span.bytes
        self.init(high: bytes.word(at: 0), low: bytes.word(at: 8))
    }
}

extension ServerResponse {
    /// Notes in the answer that the change was made before.
    func setReplayed() { setHeader(Self.replayed) }

    private static let replayed = FieldLine(.idempotencyReplayed, "true")
}
