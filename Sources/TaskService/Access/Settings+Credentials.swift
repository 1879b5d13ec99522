public import Logging
import UVCore

extension Settings {
    /// Finds each token: in its flag, else in what is set. The log is warned of what is set twice or not at all.
    public func credentials(
        adminFlag: String?, userFlag: String?, workerFlag: String?, log: Logger
    ) throws(ConfigurationError) -> Credentials {
        warnOfRepetitions(log)
        let credentials = try Self.credentials(
            admin: try token(.adminToken, flag: adminFlag), user: try token(.userToken, flag: userFlag),
            worker: try token(.workerToken, flag: workerFlag))
        if credentials.isDevelopment, hasFile {
            log.warning("The file .env sets neither ADMIN_TOKEN nor USER_TOKEN nor WORKER_TOKEN.")
        }
        if credentials.lackAdmin {
            let who = credentials.haveWorkers ? "none but workers" : "no client"
            log.warning("ADMIN_TOKEN is not set, so \(who) can change anything.")
        }
        return credentials
    }

    /// The token of that name; nil if no source gives one.
    ///
    /// One that is given and empty is an error, too: a caller that sets it does not want development mode.
    func token(_ name: SettingName, flag: String?) throws(ConfigurationError) -> AccessToken? {
        guard let text = try text(name, flag: flag) else { return nil }
        guard let token = AccessToken(text) else {
            throw ConfigurationError(message: "\(name.text) is \(AccessToken.rule).")
        }
        return token
    }

    /// Tells of names that are set twice, of the first few: the earlier value may be the one that was meant.
    private func warnOfRepetitions(_ log: Logger) {
        for (setting, before) in file.repetitions.prefix(5) {
            log.warning("Line \(setting.line) of .env sets the name that line \(before) has set: the last one counts.")
        }
    }

    private static func credentials(
        admin: AccessToken?, user: AccessToken?, worker: AccessToken?
    ) throws(ConfigurationError) -> Credentials {
        do throws(Credentials.EqualTokens) {
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
