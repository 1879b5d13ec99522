import UVCore
import UVHTTP

/// The token of each role.
public struct Credentials: Sendable {
    /// Whether the tokens are those of the documentation, which are no secret.
    public let isDevelopment: Bool

    private let admin: AccessToken?
    private let user: AccessToken?
    private let worker: AccessToken?

    /// The tokens `secret-admin-123`, `secret-user-123` and `secret-worker-123`, for a server that only this machine can reach.
    public static let development = Credentials(
        isDevelopment: true, admin: AccessToken("secret-admin-123"), user: AccessToken("secret-user-123"),
        worker: AccessToken("secret-worker-123"))

    /// The same token for two roles.
    public struct EqualTokens: Error {}

    /// Without a token for it, no caller has a role; without any token it is ``development``.
    public init(admin: AccessToken?, user: AccessToken?, worker: AccessToken? = nil) throws(EqualTokens) {
        guard admin != nil || user != nil || worker != nil else {
            self = .development
            return
        }
        let areEqual = [(admin, user), (admin, worker), (user, worker)].contains { $0.0 != nil && $0.0 == $0.1 }
        guard !areEqual else { throw EqualTokens() }
        self.init(isDevelopment: false, admin: admin, user: user, worker: worker)
    }

    private init(isDevelopment: Bool, admin: AccessToken?, user: AccessToken?, worker: AccessToken?) {
        self.isDevelopment = isDevelopment
        self.admin = admin
        self.user = user
        self.worker = worker
    }

    /// Whether no token lets a client change what it likes.
    var lackAdmin: Bool { admin == nil }

    /// Whether a token lets workers make tasks and do them.
    var haveWorkers: Bool { worker != nil }

    /// Whether one of its tokens is one of the documentation's, although they were set.
    var areKnown: Bool {
        guard !isDevelopment else { return false }
        let known = [Self.development.admin, Self.development.user, Self.development.worker]
        return [admin, user, worker].compactMap(\.self).contains { known.contains($0) }
    }

    /// The names of the tokens that are short enough to be guessed.
    var shortTokens: [String] {
        guard !isDevelopment else { return [] }
        return [("ADMIN_TOKEN", admin), ("USER_TOKEN", user), ("WORKER_TOKEN", worker)].filter {
            $0.1?.isShort ?? false
        }.map(\.0)
    }

    /// The role whose token `text` is; nil for no role's. All tokens are compared, also when the first fits.
    func role(of text: String) -> Role? { role(of: text.utf8Span.span.bytes) }

    /// The caller's role, by the value of `Authorization: Bearer TOKEN` or `Authorization: TOKEN`; nil for none.
    /// - Complexity: O(length of a token).
    func role(authorization bytes: RawSpan) -> Role? {
        guard Self.hasScheme(bytes) else { return role(of: bytes) }
        var start = Self.scheme.utf8CodeUnitCount
        while start < bytes.byteCount, bytes.unsafeLoad(fromByteOffset: start, as: UInt8.self) == UInt8(ascii: " ") {
            start += 1
        }
        return role(of: bytes.extracting(start..<bytes.byteCount))
    }

    /// What stands in front of a token, in either case. RFC 6750 section 2.1, RFC 9110 section 11.1.
    private static let scheme: StaticString = "bearer "

    private static func hasScheme(_ bytes: RawSpan) -> Bool {
        let start = bytes.extracting(first: scheme.utf8CodeUnitCount)
        return scheme.withUTF8Buffer { start.hasSame(asciiLowercase: $0.span.bytes) }
    }

    private func role(of token: RawSpan) -> Role? {
        let isAdmin = admin?.matches(token) ?? false
        let isUser = user?.matches(token) ?? false
        let isWorker = worker?.matches(token) ?? false
        return isAdmin ? .admin : isUser ? .user : isWorker ? .worker : nil
    }
}
