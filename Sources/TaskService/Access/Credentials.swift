import UVCore
import UVHTTP

/// The token of each role.
public struct Credentials: Sendable {
    /// Whether the tokens are those of the documentation, which are no secret.
    public let isDevelopment: Bool

    private let admin: AccessToken?
    private let user: AccessToken?

    /// The tokens `secret-admin-123` and `secret-user-123`, for a server that only this machine can reach.
    public static let development = Credentials(
        isDevelopment: true, admin: AccessToken("secret-admin-123"), user: AccessToken("secret-user-123"))

    /// The same token for both roles.
    public struct EqualTokens: Error {}

    /// Without a token for it, no caller has a role; without any token it is ``development``.
    public init(admin: AccessToken?, user: AccessToken?) throws(EqualTokens) {
        guard admin != nil || user != nil else {
            self = .development
            return
        }
        guard admin != user else { throw EqualTokens() }
        self.init(isDevelopment: false, admin: admin, user: user)
    }

    private init(isDevelopment: Bool, admin: AccessToken?, user: AccessToken?) {
        self.isDevelopment = isDevelopment
        self.admin = admin
        self.user = user
    }

    /// Whether no token lets a client change anything.
    var lackAdmin: Bool { admin == nil }

    /// Whether one of its tokens is one of the documentation's, although they were set.
    var areKnown: Bool {
        guard !isDevelopment else { return false }
        let known = [Self.development.admin, Self.development.user]
        return known.contains { $0 == admin && admin != nil || $0 == user && user != nil }
    }

    /// The names of the tokens that are short enough to be guessed.
    var shortTokens: [String] {
        guard !isDevelopment else { return [] }
        return [("ADMIN_TOKEN", admin), ("USER_TOKEN", user)].filter { $0.1?.isShort ?? false }.map(\.0)
    }

    /// The role whose token `text` is; nil for no role's. Both tokens are compared, also when the first fits.
    func role(of text: String) -> Role? { role(of: text.utf8) }

    /// The caller's role, by the field `Authorization: Bearer TOKEN` or `Authorization: TOKEN`; nil for none.
    /// - Complexity: O(length of a token).
    func role(authorization: String?) -> Role? {
        guard let authorization else { return nil }
        let bytes = authorization.utf8
        guard Self.hasScheme(bytes) else { return role(of: bytes) }
        return role(of: bytes.dropFirst(Self.scheme.count).drop { $0 == UInt8(ascii: " ") })
    }

    /// What stands in front of a token, in either case. RFC 6750 section 2.1, RFC 9110 section 11.1.
    private static let scheme = Array("bearer ".utf8)

    private static func hasScheme(_ bytes: String.UTF8View) -> Bool {
        let start = bytes.prefix(scheme.count)
        return start.count == scheme.count && zip(start, scheme).allSatisfy { $0.asciiLowercased == $1 }
    }

    private func role(of text: some Collection<UInt8>) -> Role? {
        // Longer than any token: nothing that is compared tells where it differs.
        let bytes = Array(text.prefix(AccessToken.longest + 1))
        let isAdmin = admin?.matches(bytes) ?? false
        let isUser = user?.matches(bytes) ?? false
        return isAdmin ? .admin : isUser ? .user : nil
    }
}
