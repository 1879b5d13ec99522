import UVCore
import UVHTTP

/// What a server may be told to listen on: an address, or a name of this machine.
public enum ListenHost {
    /// Makes of what a person writes what the system understands: an IPv6 address stands without its brackets. Nil for
    /// what is neither an address nor a name, such as one with a port, a URL, or nothing.
    public static func normalized(_ text: String) -> String? {
        var host = Array(text.utf8)
        let isBracketed = host.first == UInt8(ascii: "[") && host.last == UInt8(ascii: "]") && host.count > 2
        if isBracketed { host = Array(host.dropFirst().dropLast()) }
        // A zone says which interface a link-local address is on: RFC 4007 section 11.
        let address = host.prefix { $0 != UInt8(ascii: "%") }
        let isAddress = IPv6Text(address) != nil && (address.count == host.count || host.count > address.count + 1)
        guard isAddress || !isBracketed && isName(host) else { return nil }
        return String(decoding: host, as: UTF8.self)
    }

    /// Whether only this machine can reach a server there. A name other than `localhost` may lead anywhere.
    static func isLoopback(_ host: String) -> Bool {
        let bytes = Array(host.utf8)
        if let address = IPv4Text(bytes) { return address.isLoopback }
        if let address = IPv6Text(bytes) { return address.isLoopback }
        return host.hasSame(asciiLowercase: "localhost")
    }

    private static func isName(_ host: [UInt8]) -> Bool {
        (1...253).contains(host.count) && host.first != UInt8(ascii: "-")
            && host.allSatisfy { byte in
                (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10 || "-._".utf8.contains(byte)
            }
    }
}
