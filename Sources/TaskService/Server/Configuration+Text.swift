import TaskEngine
import UVCore
import UVCrypto
import UVHTTP

/// Settings as a person writes them. What is wrong with one is said as the rest of a sentence that begins with its name.
extension Configuration {
    /// The longest drain and the longest grace.
    private static let longestStop = Duration.seconds(3_600)

    /// An address, with or without the brackets of IPv6, or a name.
    public mutating func setHost(_ text: String) throws(ConfigurationError) {
        guard let host = ListenHost.normalized(text) else {
            throw ConfigurationError(message: "is an address or a name, without scheme and port.")
        }
        self.host = host
    }

    /// A number of up to five digits.
    public mutating func setPort(_ text: String) throws(ConfigurationError) {
        guard let number = Self.number(text, digits: 5), number <= 65_535 else {
            throw ConfigurationError(message: "is a number from 0 to 65535, such as 3000; 0 lets the system choose.")
        }
        port = number
    }

    /// As ``setPort(_:)``.
    public mutating func setMetricsPort(_ text: String) throws(ConfigurationError) {
        guard let number = Self.number(text, digits: 5), number <= 65_535 else {
            throw ConfigurationError(message: "is a number from 0 to 65535, such as 9464; 0 lets the system choose.")
        }
        metricsPort = number
    }

    /// Origins, which need not have the form that browsers send. See `WebOrigin`.
    public mutating func setOrigins(_ texts: [String]) throws(ConfigurationError) {
        var origins: [WebOrigin] = []
        for text in texts {
            do throws(WebOrigin.Invalid) {
                origins.append(try WebOrigin(text))
            } catch {
                throw ConfigurationError(
                    message: "is the origin of a page, such as http://example.org:8080, which \(error.reason).")
            }
        }
        self.origins = origins
    }

    /// Files of PEM: a certificate and its key, which belong together, and the authority of clients.
    ///
    /// - Parameter demandsTLS: Whether browsers are told to come by TLS alone.
    public mutating func setTLS(
        certificate: String?, key: String?, clientAuthority: String?, demandsTLS: Bool
    ) throws(ConfigurationError) {
        switch (certificate, key) {
        case (let certificate?, let key?):
            let identity = TLSIdentity(certificateFile: certificate, keyFile: key)
            tls = TLSConfiguration(identities: [identity], clientAuthorityFile: clientAuthority)
            self.demandsTLS = demandsTLS
        case (.some, .none), (.none, .some):
            throw ConfigurationError(message: "--tls-cert and --tls-key belong together.")
        case (.none, .none):
            if demandsTLS { throw ConfigurationError(message: "--hsts needs --tls-cert and --tls-key.") }
            if case .some = clientAuthority {
                throw ConfigurationError(message: "--tls-client-ca needs --tls-cert and --tls-key.")
            }
        }
    }

    public mutating func setDrain(_ text: String) throws(ConfigurationError) { drain = try Self.duration(text) }

    public mutating func setGrace(_ text: String) throws(ConfigurationError) { grace = try Self.duration(text) }

    /// A number from 1 to 64, or `auto` for one a processor.
    public mutating func setProcesses(_ text: String) throws(ConfigurationError) {
        let isAuto = text.utf8.elementsEqual("auto".utf8)
        guard let number = isAuto ? min(EventLoop.processorCount, 64) : Self.number(text, digits: 2),
            (1...64).contains(number)
        else {
            throw ConfigurationError(message: "is a number of processes from 1 to 64, or auto for one a processor.")
        }
        processes = number
    }

    /// - Throws: Where several processes are to serve, and the store is one process's.
    public func checkProcesses() throws(ConfigurationError) {
        if processes != nil, metricsPort != nil {
            throw ConfigurationError(
                message: "--metrics-port is one server's: of several processes GET /metrics asks one of them.")
        }
        switch (processes, store) {
        case (nil, _), (_, .redis): return
        case (_, .file), (_, .memory):
            throw ConfigurationError(
                message: """
                    --processes needs a store that several processes may write to, such as --store redis://localhost: \
                    a file and memory are one process's.
                    """)
        }
    }

    /// A number of up to nine digits.
    public mutating func setHistory(_ text: String) throws(ConfigurationError) {
        guard let number = Self.number(text, digits: 9), number > 0 else {
            throw ConfigurationError(message: "is a number of events from 1 to 999999999, such as 100000.")
        }
        history = number
    }

    public mutating func setHistoryAge(_ text: String) throws(ConfigurationError) {
        guard let duration = Duration(flag: text), duration > .zero, duration <= Self.longestHistory else {
            throw ConfigurationError(
                message: "is a duration above 0 and of at most 3650d: \(Duration.flagRule), such as 24h.")
        }
        historyAge = duration
    }

    /// How many tasks that have not ended the server takes.
    public mutating func setMaxTasks(_ text: String) throws(ConfigurationError) {
        guard let number = Self.number(text, digits: 9), number > 0 else {
            throw ConfigurationError(message: "is a number of tasks from 1 to 999999999, such as 1000000.")
        }
        queue.tasks = number
    }

    /// How many bytes the payloads and results may have in all.
    public mutating func setMaxBytes(_ text: String) throws(ConfigurationError) {
        guard let number = Self.number(text, digits: 15), number > 0 else {
            throw ConfigurationError(message: "is a number of bytes from 1 to 999999999999999, such as 1073741824.")
        }
        queue.bytes = number
    }

    /// How much waiting a point of priority is worth; 0 for none.
    public mutating func setAging(_ text: String) throws(ConfigurationError) {
        guard let duration = Duration(flag: text), duration <= .seconds(86_400) else {
            throw ConfigurationError(message: "is a duration from 0 to 1d: \(Duration.flagRule), such as 60s.")
        }
        queue.aging = duration
    }

    /// How long tasks stay that workers have completed; 0 for ever.
    public mutating func setKeepCompleted(_ text: String) throws(ConfigurationError) {
        queue.retention.completed = try Self.retention(text)
    }

    /// How long tasks stay that have failed or were cancelled; 0 for ever.
    public mutating func setKeepFailed(_ text: String) throws(ConfigurationError) {
        queue.retention.failed = try Self.retention(text)
    }

    /// How many of those stay.
    public mutating func setKeep(_ text: String) throws(ConfigurationError) {
        guard let number = Self.number(text, digits: 9) else {
            throw ConfigurationError(message: "is a number of tasks from 0 to 999999999, such as 100000.")
        }
        queue.retention.count = number
    }

    private static func retention(_ text: String) throws(ConfigurationError) -> Duration? {
        guard let duration = Duration(flag: text), duration <= longestHistory else {
            throw ConfigurationError(
                message: "is a duration of at most 3650d, 0 for ever: \(Duration.flagRule), such as 7d.")
        }
        return duration > .zero ? duration : nil
    }

    /// The oldest that an event may be told to become.
    private static let longestHistory = Duration.seconds(3_650 * 86_400)

    private static func number(_ text: String, digits limit: Int) -> Int? {
        let digits = text.utf8.prefix(limit + 1).map { Int($0) - Int(UInt8(ascii: "0")) }
        guard (1...limit).contains(digits.count), digits.allSatisfy((0...9).contains) else { return nil }
        return digits.reduce(0) { $0 * 10 + $1 }
    }

    private static func duration(_ text: String) throws(ConfigurationError) -> Duration {
        guard let duration = Duration(flag: text), duration <= longestStop else {
            throw ConfigurationError(message: "is a duration from 0 to 1h: \(Duration.flagRule), such as 30s.")
        }
        return duration
    }
}
