/// The store as it was named, and by what: what is wrong with it is said of that. A password may stand in it.
public struct StoreName {
    let text: String
    /// What a sentence about it begins with.
    let source: String

    /// What `--store` says.
    public init(flag text: String) { self.init(text, from: "--store") }

    init(_ text: String, from source: String) { (self.text, self.source) = (text, source) }

    /// Where it is: `memory`, `sqlite:` and the path of a file, or the address of a store on Redis.
    public func location() throws(ConfigurationError) -> StoreLocation {
        guard let location = StoreLocation(text) else {
            throw wrong("is memory, sqlite:FILE or redis://HOST, such as sqlite:taskflow.db.")
        }
        return location
    }

    /// The path of its file, for work that only a file can be wanted for.
    public func path() throws(ConfigurationError) -> String {
        switch StoreLocation(text) {
        case .file(let path): return path
        case .memory: throw wrong("is sqlite:FILE here: what memory keeps ends with the server.")
        case .redis: throw wrong("is sqlite:FILE here: this is for files.")
        case nil: throw wrong("is sqlite:FILE here, such as sqlite:taskflow.db.")
        }
    }

    private func wrong(_ rule: String) -> ConfigurationError { ConfigurationError(message: "\(source) \(rule)") }
}

extension Settings {
    /// The store that the flag names, else what is set, else the file `taskflow.db`.
    public func store(flag: String?) throws(ConfigurationError) -> StoreName {
        if let flag { return StoreName(flag: flag) }
        let text = try text(.store, flag: nil) ?? "sqlite:taskflow.db"
        return StoreName(text, from: SettingName.store.text)
    }
}
