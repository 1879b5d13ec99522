import UVHTTP

/// Who is who: the token of each role.
public struct Credentials: Sendable {
    /// Whether the tokens are those of the documentation, which everybody knows.
    public let isDevelopment: Bool

    private let admin: AccessToken?
    private let user: AccessToken?

    /// The tokens `secret-admin-123` and `secret-user-123`, for the server that nobody else can reach.
    public static let development = Credentials(
        isDevelopment: true, admin: AccessToken("secret-admin-123"), user: AccessToken("secret-user-123"))

    /// The same token for both roles.
    public struct EqualTokens: Error {}

    /// The role of a token that is not given is nobody's; without any it is ``development``.
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

    /// The names of the tokens that are short enough to be guessed.
    var shortTokens: [String] {
        guard !isDevelopment else { return [] }
        return [("ADMIN_TOKEN", admin), ("USER_TOKEN", user)].filter { $0.1?.isShort ?? false }.map(\.0)
    }

    /// Whose token `text` is; nil if it is nobody's. Both are compared, whichever fits.
    func role(of text: String) -> Role? {
        let isAdmin = admin?.matches(text) ?? false
        let isUser = user?.matches(text) ?? false
        return isAdmin ? .admin : isUser ? .user : nil
    }

    /// Who asks, by the field `Authorization: Bearer TOKEN` or `Authorization: TOKEN`; nil if it names nobody.
    func role(authorization: String?) -> Role? {
        guard let authorization else { return nil }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return role(of: authorization) }
        return role(of: String(parts[1].drop { $0 == " " }))
    }
}
