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
        guard let authority = request.authority else { return true }
        return isLocal(authority)
    }

    /// Whether `authority` is a name of this machine, and any port.
    nonisolated static func isLocal(_ authority: String) -> Bool {
        let bytes = authority.utf8
        let end = authority.hasPrefix("[") ? bytes.firstIndex(of: UInt8(ascii: "]")).map(bytes.index(after:)) : nil
        let colon = bytes[(end ?? bytes.startIndex)...].firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
        guard names.contains(authority[..<colon].lowercased()) else { return false }
        return bytes[colon...].dropFirst().allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
    }

    private nonisolated static let names: Set<String> = ["localhost", "127.0.0.1", "[::1]"]
}
