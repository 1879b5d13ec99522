import UVCore
import UVHTTP

/// In development mode, answers only requests that call the server by a name of this machine.
///
/// The tokens are no secret then. The owner of a web page can let its name lead to 127.0.0.1 (DNS rebinding), and its
/// scripts would be of the same origin as the server; but the name stands in `Host`.
@LoopActor
struct HostMiddleware {
    let refusals: RefusalLog

    func callAsFunction(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) throws {
        guard Self.admits(request) else { return refuse(request, response) }
        try next()
    }

    /// Answers 403.
    func refuse(_ request: IncomingMessage, _ response: ServerResponse) {
        refusals.count(.host, request)
        response.end(.forbiddenHost, "In development mode the server is called localhost, 127.0.0.1 or [::1].")
    }

    static func admits(_ request: IncomingMessage) -> Bool {
        // A request of HTTP/1.0 may name no host; no web page can send one.
        guard let authority = request.authority else { return true }
        return isLocal(authority)
    }

    /// Whether `authority` is a name of this machine, and any port.
    nonisolated static func isLocal(_ authority: String) -> Bool {
        names.contains { isName($0, of: authority.utf8Span.span) }
    }

    private nonisolated static let names = ["localhost", "127.0.0.1", "[::1]"].map { Array($0.utf8) }

    /// Whether `authority` is `name`, letters in either case, and maybe a port.
    private nonisolated static func isName(_ name: [UInt8], of authority: Span<UInt8>) -> Bool {
        guard authority.count >= name.count else { return false }
        for index in name.indices {
            let byte = authority[index]
            let isUpperCase = byte &- UInt8(ascii: "A") < 26
            guard (isUpperCase ? byte | 0x20 : byte) == name[index] else { return false }
        }
        guard authority.count > name.count else { return true }
        guard authority[name.count] == UInt8(ascii: ":") else { return false }
        for index in name.count + 1..<authority.count where authority[index] &- UInt8(ascii: "0") > 9 { return false }
        return true
    }
}
