import HTTPTypes
import UVCore
import UVHTTP

/// A page, and everything it needs in it: the board at `/`, the loop at `/loop`.
struct Page: Sendable {
    /// The page, cut where the nonce stands.
    let pieces: [String]

    /// Sends the page, with a policy under which a browser runs this script and style, talks to this server, and does
    /// nothing else, whatever a task's title may hold. Content Security Policy Level 3.
    @LoopActor
    func send(to response: ServerResponse) {
        let nonce = Self.makeNonce()
        response.setHeader(.contentType, "text/html; charset=utf-8")
        response.setHeader(.cacheControl, "no-store")
        response.setHeader(.xContentTypeOptions, "nosniff")
        response.setHeader(.contentSecurityPolicy, Self.policy(nonce))
        response.setHeader(.named("Referrer-Policy"), "no-referrer")
        response.end(pieces.joined(separator: nonce))
    }

    private static func policy(_ nonce: String) -> String {
        [
            "default-src 'none'", "script-src 'nonce-\(nonce)'", "style-src 'nonce-\(nonce)'", "connect-src 'self'",
            "img-src data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
        ].joined(separator: "; ")
    }

    /// 128 random bits, new for each answer.
    private static func makeNonce() -> String {
        var generator = SystemRandomNumberGenerator()
        let halves = (generator.next() as UInt64, generator.next() as UInt64)
        return [halves.0, halves.1].map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }
}

/// Sends the pages.
@LoopActor
struct PageRoutes: ServerPart {
    func addRoutes(to router: Router, behind gates: Gates) {
        router.get("/") { _, response in Page.board.send(to: response) }
        router.get("/loop") { _, response in Page.loop.send(to: response) }
    }
}
