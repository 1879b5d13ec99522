import UVCore

/// What is set beside the flags: in the environment, else in the file `.env` of the working folder.
///
/// A file with a line that cannot be read is an error, and so is a name that is nearly one of ours: either may have held
/// the token without which the server is open to every user of this machine, or the store without which it is empty.
public struct Settings {
    var environment: (String) -> String? = { EventLoop.environment($0) }
    var environmentNames: () -> [String] = { EventLoop.environmentNames }
    let file: EnvironmentFile
    /// Whether there is a file.
    var hasFile = true

    /// Reads `.env`, on a loop of its own: what it says is needed to know what is to be run.
    public static func read() throws(ConfigurationError) -> Settings {
        let content = Content()
        _ = EventLoop.run { _ in FileSystem.readFile(".env", limit: 65_536) { content.result = $0 } }
        guard let result = content.result else {
            throw ConfigurationError(message: "Cannot read .env: the event loop does not start.")
        }
        do {
            return Settings(file: try EnvironmentFile(result.get()))
        } catch let error as LoopError {
            if error.code == .noSuchFile { return Settings(file: EnvironmentFile(), hasFile: false) }
            throw ConfigurationError(message: "Cannot read .env: \(error.message)")
        } catch EnvironmentFile.Unreadable.line(let number, let mistake) {
            throw ConfigurationError(
                message: """
                    Line \(number) of .env \(mistake.reason): it may hold a token or a store, so nothing is started.
                    """)
        } catch {
            throw ConfigurationError(message: "Line 1 of .env cannot be read: the file is UTF-16; save it as UTF-8.")
        }
    }

    @LoopActor
    private final class Content {
        /// Written on the loop, and read when that has ended, on the same thread.
        nonisolated(unsafe) var result: Result<[UInt8], LoopError>?

        nonisolated init() {}
    }

    /// What the flag says, else the environment, else the file; nil if none of them says anything.
    ///
    /// - Throws: ``ConfigurationError`` where a name is nearly the right one.
    func text(_ name: SettingName, flag: String?) throws(ConfigurationError) -> String? {
        if let text = flag ?? environment(name.text) { return text }
        if let value = file.value(of: name.text) { return String(decoding: value, as: UTF8.self) }
        try refuseNearNames(of: name)
        return nil
    }

    private func refuseNearNames(of name: SettingName) throws(ConfigurationError) {
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
