import UVCore
import UVHTTP

/// In development mode, answers only requests that call the server by a name of this machine.
///
/// The tokens are no secret then. The owner of a web page can let its name lead to 127.0.0.1 (DNS rebinding), and its
/// scripts would be of the same origin as the server; but the name stands in `Host`.
@LoopActor
final class HostMiddleware {
    private let refusals: RefusalLog

    /// What this machine is called, and the server's own address.
    private let names: [String]

    /// The last authority that was found to be a name of this machine: nearly all requests have the same.
    @exclusivity(unchecked) private var known = Array("localhost".utf8)

    /// - Parameter address: What the server was told to listen on.
    init(_ address: String, refusals: RefusalLog) {
        let isIPv6 = address.utf8.contains(UInt8(ascii: ":"))
        names = ["localhost", "127.0.0.1", "[::1]", isIPv6 ? "[\(address.asciiLowercased)]" : address.asciiLowercased]
        self.refusals = refusals
    }

    /// Answers 403.
    func refuse(_ request: IncomingMessage, _ response: ServerResponse) {
        refusals.count(.host, request)
        response.end(.forbiddenHost, "In development mode the server is called localhost, 127.0.0.1 or [::1].")
    }

    /// Whether the request calls the server by a name of this machine.
    func admits(_ request: IncomingMessage) -> Bool {
        if request.isFor(authority: known) { return true }
        // A request of HTTP/1.0 may name no host; no web page can send one.
        return request.withAuthority { authority in
            guard names.contains(where: { Self.isName($0, of: authority) }) else { return false }
            known = [UInt8](copying: authority)
            return true
        } ?? true
    }

    /// Whether `authority` is `name`, letters in either case, and maybe a port.
    private static func isName(_ name: String, of authority: RawSpan) -> Bool {
        let length = name.utf8.count
        let start = authority.extracting(first: length)
        guard start.hasSame(asciiLowercase: name.utf8Span.span.bytes) else { return false }
        guard authority.byteCount > length else { return true }
        guard authority.byte(at: length) == UInt8(ascii: ":") else { return false }
        for offset in length + 1..<authority.byteCount {
            guard authority.byte(at: offset) &- UInt8(ascii: "0") < 10 else {
                return false
            }
        }
        return true
    }
}
