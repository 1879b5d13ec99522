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
    /// A file with a line that cannot be read is an error, and so is a name that is nearly a token's: either may have
    /// held the token without which the server is open to every user of this machine.
    @LoopActor
    public static func find(
        adminFlag: String?, userFlag: String?, workerFlag: String?, log: Logger,
        _ done: @escaping (Result<Credentials, ConfigurationError>) throws -> Void
    ) {
        FileSystem.readFile(".env", limit: 65_536) { result in
            try done(
                Result { () throws(ConfigurationError) in
                    let file = try file(result)
                    warnOfRepetitions(in: file, log)
                    let sources = TokenSources(file: file)
                    let credentials = try credentials(
                        admin: try sources.token(.admin, flag: adminFlag),
                        user: try sources.token(.user, flag: userFlag),
                        worker: try sources.token(.worker, flag: workerFlag))
                    if credentials.isDevelopment, case .success = result {
                        log.warning("The file .env sets neither ADMIN_TOKEN nor USER_TOKEN nor WORKER_TOKEN.")
                    }
                    if credentials.lackAdmin {
                        log.warning("ADMIN_TOKEN is not set, so no client can change anything.")
                    }
                    return credentials
                })
        }
    }

    private static func file(_ result: Result<[UInt8], LoopError>) throws(ConfigurationError) -> EnvironmentFile {
        do {
            return try EnvironmentFile(result.get())
        } catch let error as LoopError {
            if error.name == "ENOENT" { return EnvironmentFile() }
            throw ConfigurationError(message: "Cannot read .env: \(error.message)")
        } catch EnvironmentFile.Unreadable.line(let number, let mistake) {
            throw ConfigurationError(
                message: """
                    Line \(number) of .env \(mistake.reason): it may hold a token, so the server does not start.
                    """)
        } catch {
            throw ConfigurationError(message: "Line 1 of .env cannot be read: the file is UTF-16; save it as UTF-8.")
        }
    }

    /// Tells of names that are set twice, of the first few: the earlier value may be the one that was meant.
    private static func warnOfRepetitions(in file: EnvironmentFile, _ log: Logger) {
        for (setting, before) in file.repetitions.prefix(5) {
            log.warning("Line \(setting.line) of .env sets the name that line \(before) has set: the last one counts.")
        }
    }

    private static func credentials(
        admin: AccessToken?, user: AccessToken?, worker: AccessToken?
    ) throws(ConfigurationError) -> Credentials {
        do throws(EqualTokens) {
            return try Credentials(admin: admin, user: user, worker: worker)
        } catch {
            let message =
                admin != nil && admin == user
                ? "ADMIN_TOKEN and USER_TOKEN are equal: everybody would be the admin."
                : "WORKER_TOKEN is equal to another token: each role has one of its own."
            throw ConfigurationError(message: message)
        }
    }
}

extension EnvironmentFile.Mistake {
    /// What is wrong and what is right, as the rest of a sentence that begins with the line.
    fileprivate var reason: String {
        switch self {
        case .space: "has a space in front of its =; write NAME=VALUE"
        case .quote: "has a quote that does not end it; write NAME=\"VALUE\""
        case .other: "is not NAME=VALUE"
        }
    }
}

/// Where tokens come from.
struct TokenSources {
    var environment: (String) -> String? = { EventLoop.environment($0) }
    var environmentNames: () -> [String] = { EventLoop.environmentNames }
    let file: EnvironmentFile

    /// The token of that name; nil if no source gives one.
    ///
    /// One that is given and empty is an error, too: a caller that sets it does not want development mode.
    func token(_ name: TokenName, flag: String?) throws(ConfigurationError) -> AccessToken? {
        let fromFile = file.value(of: name.text).map { String(decoding: $0, as: UTF8.self) }
        guard let text = flag ?? environment(name.text) ?? fromFile else {
            try refuseNearNames(of: name)
            return nil
        }
        guard let token = AccessToken(text) else {
            throw ConfigurationError(message: "\(name.text) is \(AccessToken.rule).")
        }
        return token
    }

    private func refuseNearNames(of name: TokenName) throws(ConfigurationError) {
        if let setting = file.settings.first(where: { name.isNearly($0.name) }) {
            throw ConfigurationError(
                message: "Line \(setting.line) of .env sets what is nearly \(name.text); write \(name.text)=VALUE.")
        }
        if environmentNames().contains(where: { name.isNearly($0.utf8) }) {
            throw ConfigurationError(
                message: "An environment variable's name is nearly \(name.text); write \(name.text).")
        }
    }
}
