public import UVCore

/// Where a store on Redis is, as `--store` names it:
///
/// ```
///   redis://[[user]:password@]host[:6379][/database][?name=taskflow&wait=0]
///   rediss://… the same by TLS [&ca=FILE&cert=FILE&key=FILE]
///   redis+unix://[[user]:password@]/path/of/redis.sock[?db=database&name=taskflow&wait=0]
/// ```
///
/// `wait` is the number of replicas that have to have a change before it is answered.
///
/// By TLS Redis has to be known by the authorities of the file `ca`, or else by the system's, and is shown a certificate.
///
/// Several stores may lie in one database, by their names. What a `:`, `@` or `/` would end is written as `%3A`, `%40`
/// or `%2F`.
public struct RedisAddress: Sendable {
    enum Place: Sendable {
        case host(String, port: Int)
        case path(String)
    }

    let place: Place
    let user: String?
    let password: String?
    let database: Int
    /// The name of the store: of all its keys.
    let name: String
    /// How many replicas must have an append before it counts as kept.
    let replicas: Int

    /// What TLS is to be made of; nil for a connection in the clear.
    public let encryption: Encryption?

    /// What lies between the connection and the network; it is set where ``encryption`` is.
    public var security: (any SocketSecurity & Sendable)?

    /// The files of TLS, in PEM.
    public struct Encryption: Sendable {
        /// The authorities by which Redis has to be known; nil for those of the system.
        public let authorityFile: String?
        /// What Redis is shown.
        public let certificate: (file: String, keyFile: String)?
    }

    /// Nil if the text is none.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let scheme = Scheme.allCases.first(where: { bytes.starts(with: $0.text.utf8) }) else { return nil }
        let (front, query) = Self.split(bytes[scheme.text.utf8.count...], at: "?")
        let (credentials, rest) = Self.splitLast(front, at: "@")
        guard let settings = Self.settings(of: query ?? []), let name = Self.name(settings.name ?? "taskflow"),
            let (place, database) = Self.place(rest, scheme, settings.database),
            let number = Self.number(database ?? "0", 0...1_000_000),
            let replicas = Self.number(settings.wait ?? "0", 0...100),
            let encryption = Self.encryption(settings, scheme)
        else { return nil }
        (self.name, self.place, self.database, self.replicas) = (name, place, number, replicas)
        self.encryption = encryption
        guard let credentials else {
            (user, password) = (nil, nil)
            return
        }
        let (first, second) = Self.split(credentials, at: ":")
        guard let second, let user = Self.decoded(first), let password = Self.decoded(second), !password.isEmpty else {
            return nil
        }
        self.user = user.isEmpty ? nil : user
        self.password = password
    }

    private enum Scheme: CaseIterable {
        case tcp, tls, unix

        var text: String {
            switch self {
            case .tcp: "redis://"
            case .tls: "rediss://"
            case .unix: "redis+unix://"
            }
        }
    }
}

/// Without the password: this is for logs.
extension RedisAddress: CustomStringConvertible {
    public var description: String {
        switch place {
        case .host(let host, let port):
            let host = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
            let scheme = encryption == nil ? Scheme.tcp : .tls
            return "\(scheme.text)\(host):\(port)/\(database)?name=\(name)"
        case .path(let path): return "redis+unix://\(path)?db=\(database)&name=\(name)"
        }
    }
}

// MARK: - Parts

extension RedisAddress {
    private typealias Bytes = ArraySlice<UInt8>

    /// What stands before the first mark, and behind it; nil if it is not there.
    private static func split(_ bytes: Bytes, at mark: Unicode.Scalar) -> (Bytes, Bytes?) {
        guard let index = bytes.firstIndex(of: UInt8(ascii: mark)) else { return (bytes, nil) }
        return (bytes[..<index], bytes[(index + 1)...])
    }

    /// What stands before the last mark, nil if it is not there, and behind it.
    private static func splitLast(_ bytes: Bytes, at mark: Unicode.Scalar) -> (Bytes?, Bytes) {
        guard let index = bytes.lastIndex(of: UInt8(ascii: mark)) else { return (nil, bytes) }
        return (bytes[..<index], bytes[(index + 1)...])
    }

    /// Where Redis is, and which database is meant: it stands behind a host, and in the query of a path.
    private static func place(_ bytes: Bytes, _ scheme: Scheme, _ database: String?) -> (Place, database: String?)? {
        switch scheme {
        case .unix:
            guard let path = decoded(bytes), path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else {
                return nil
            }
            return (.path(path), database)
        case .tcp, .tls:
            let (authority, path) = split(bytes, at: "/")
            guard case nil = database, let place = host(authority) else { return nil }
            let digits = path.flatMap { $0.isEmpty ? nil : String(decoding: $0, as: UTF8.self) }
            return (place, digits)
        }
    }

    /// `host`, `host:port`, `[::1]` or `[::1]:port`.
    private static func host(_ bytes: Bytes) -> Place? {
        let isBracketed = bytes.first == UInt8(ascii: "[")
        let (front, rest) = isBracketed ? split(bytes.dropFirst(), at: "]") : split(bytes, at: ":")
        var digits = rest
        if isBracketed {
            guard let rest, rest.isEmpty || rest.first == UInt8(ascii: ":") else { return nil }
            digits = rest.isEmpty ? nil : rest.dropFirst()
        }
        guard let host = decoded(front), !host.isEmpty, !host.utf8.contains(0),
            let port = number(digits.map { String(decoding: $0, as: UTF8.self) } ?? "6379", 1...65_535)
        else { return nil }
        return .host(host, port: port)
    }

    private struct Settings {
        var name: String?
        var database: String?
        var wait: String?
        var authority: String?
        var certificate: String?
        var key: String?
    }

    /// The settings behind the `?`, each once; nil if one is not known.
    private static func settings(of query: Bytes) -> Settings? {
        let known: [(name: String, setting: WritableKeyPath<Settings, String?>)] = [
            ("name", \.name), ("db", \.database), ("wait", \.wait), ("ca", \.authority),
            ("cert", \.certificate), ("key", \.key),
        ]
        var settings = Settings()
        for part in query.split(separator: UInt8(ascii: "&")) {
            let (name, value) = split(part, at: "=")
            guard let value, let text = decoded(value) else { return nil }
            guard let setting = known.first(where: { name.elementsEqual($0.name.utf8) })?.setting,
                case nil = settings[keyPath: setting]
            else { return nil }
            settings[keyPath: setting] = text
        }
        return settings
    }

    /// The files of TLS; nil where they do not belong together, or to that scheme.
    private static func encryption(_ settings: Settings, _ scheme: Scheme) -> Encryption?? {
        let files = [settings.authority, settings.certificate, settings.key].compactMap(\.self)
        guard files.allSatisfy({ !$0.isEmpty && !$0.utf8.contains(0) }) else { return nil }
        guard case .tls = scheme else { return files.isEmpty ? .some(nil) : nil }
        switch (settings.certificate, settings.key) {
        case (let file?, let key?):
            return Encryption(authorityFile: settings.authority, certificate: (file, key))
        case (nil, nil): return Encryption(authorityFile: settings.authority, certificate: nil)
        case (.some, nil), (nil, .some): return nil
        }
    }

    /// 1 to 64 of A-Z a-z 0-9 . _ -
    private static func name(_ text: String) -> String? {
        let isGood =
            (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch UInt8(byte) {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        return isGood ? text : nil
    }

    private static func number(_ text: String, _ range: ClosedRange<Int>) -> Int? {
        DecimalNumber.read(text.utf8).flatMap { Int(exactly: $0) }.flatMap { range.contains($0) ? $0 : nil }
    }

    /// Without `%XX`; nil if a `%` is none, or it is no UTF-8 then.
    private static func decoded(_ bytes: Bytes) -> String? {
        var output: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                output.append(byte)
                continue
            }
            guard let high = rest.popFirst()?.hexDigit, let low = rest.popFirst()?.hexDigit else {
                return nil
            }
            output.append(high << 4 | low)
        }
        return String(validating: output, as: UTF8.self)
    }
}
