import UVCore
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
        let digits = text.utf8.prefix(6).map { Int($0) - Int(UInt8(ascii: "0")) }
        let number = digits.reduce(0) { $0 * 10 + $1 }
        guard (1...5).contains(digits.count), digits.allSatisfy((0...9).contains), number <= 65_535 else {
            throw ConfigurationError(message: "is a number from 0 to 65535, such as 3000; 0 lets the system choose.")
        }
        port = number
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

    public mutating func setDrain(_ text: String) throws(ConfigurationError) { drain = try Self.duration(text) }

    public mutating func setGrace(_ text: String) throws(ConfigurationError) { grace = try Self.duration(text) }

    private static func duration(_ text: String) throws(ConfigurationError) -> Duration {
        guard let duration = Duration(flag: text), duration <= longestStop else {
            throw ConfigurationError(message: "is a duration from 0 to 1h: \(Duration.flagRule), such as 30s.")
        }
        return duration
    }
}
