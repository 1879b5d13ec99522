public import Logging
import UVCore

/// Settings with which the server cannot be started.
public struct ConfigurationError: Error, Hashable, Sendable {
    /// One sentence, in which no token stands.
    public let message: String
}

extension Credentials {
    /// Finds each token: in its flag, else in the environment, else in the file `.env` of the working folder.
    ///
    /// Lines of the file that say nothing are reported to `log`.
    @LoopActor
    public static func find(
        adminFlag: String?, userFlag: String?, log: Logger,
        _ done: @escaping (Result<Credentials, ConfigurationError>) throws -> Void
    ) {
        FileSystem.readFile(".env", limit: 65_536) { result in
            try done(
                Result { () throws(ConfigurationError) in
                    let file = try file(result)
                    for line in file.badLines { log.warning("Line \(line) of .env is not NAME=VALUE: it is ignored.") }
                    let sources = TokenSources(file: file)
                    return try credentials(
                        admin: try sources.token("ADMIN_TOKEN", flag: adminFlag),
                        user: try sources.token("USER_TOKEN", flag: userFlag))
                })
        }
    }

    private static func file(_ result: Result<[UInt8], LoopError>) throws(ConfigurationError) -> EnvironmentFile {
        switch result {
        case .success(let bytes): return EnvironmentFile(bytes)
        case .failure(let error) where error.name == "ENOENT": return EnvironmentFile([])
        case .failure(let error): throw ConfigurationError(message: "Cannot read .env: \(error.message)")
        }
    }

    private static func credentials(
        admin: AccessToken?, user: AccessToken?
    ) throws(ConfigurationError) -> Credentials {
        do throws(EqualTokens) {
            return try Credentials(admin: admin, user: user)
        } catch {
            throw ConfigurationError(message: "ADMIN_TOKEN and USER_TOKEN are equal: everybody would be the admin.")
        }
    }
}

/// Where tokens come from.
struct TokenSources {
    var environment: (String) -> String? = { EventLoop.environment($0) }
    let file: EnvironmentFile

    /// The token of that name; nil if nobody gives one.
    ///
    /// One that is given and empty is an error, too: whoever sets it does not want development mode.
    func token(_ name: String, flag: String?) throws(ConfigurationError) -> AccessToken? {
        guard let text = flag ?? environment(name) ?? file.values[name] else { return nil }
        guard let token = AccessToken(text) else {
            throw ConfigurationError(message: "\(name) is \(AccessToken.rule).")
        }
        return token
    }
}
