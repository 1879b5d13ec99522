import HTTPTypes
import UVCore
import UVHTTP

/// In development mode, answers only those who call the server by a name of this machine.
///
/// The tokens are known to everybody then. A web page can have a name of its own lead to 127.0.0.1 (DNS rebinding), and
/// its scripts would be of the same origin as the server; but the name stands in `Host`.
@LoopActor
struct HostMiddleware {
    func callAsFunction(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) throws {
        guard Self.admits(request) else { return Self.refuse(response) }
        try next()
    }

    /// Answers 403.
    static func refuse(_ response: ServerResponse) {
        response.end(.forbiddenHost, "In development mode the server is called localhost, 127.0.0.1 or [::1].")
    }

    static func admits(_ request: IncomingMessage) -> Bool {
        // A request of HTTP/1.0 may name no host; no web page can send one.
        guard let authority = authority(in: request.url) ?? request.header(.hostField) else { return true }
        return isLocal(authority)
    }

    /// Whether `authority` is a name of this machine, and any port.
    static func isLocal(_ authority: String) -> Bool {
        let name = authority.lowercased()
        return ["localhost", "127.0.0.1", "[::1]"].contains { local in
            guard name.hasPrefix(local) else { return false }
            let rest = name.utf8.dropFirst(local.utf8.count)
            guard let colon = rest.first else { return true }
            return colon == UInt8(ascii: ":")
                && rest.dropFirst().allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
    }

    /// The authority of a target that is a whole URI: it counts in place of `Host`, RFC 9112 section 3.2.2.
    private static func authority(in url: String) -> String? {
        guard !url.hasPrefix("/"), url != "*" else { return nil }
        let bytes = url.utf8
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let rest = bytes[colon...].dropFirst(3)
        return String(rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") })
    }
}

extension HTTPField.Name {
    /// `Host`, which the ecosystem's type knows only as the pseudo field `:authority`.
    static let hostField: HTTPField.Name = {
        guard let name = HTTPField.Name("Host") else { preconditionFailure("Host is a token") }
        return name
    }()
}
