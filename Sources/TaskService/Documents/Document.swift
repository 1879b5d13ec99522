import HTTPTypes
import UVCore
import UVHTTP

/// A text of JSON that is the same for as long as the program is: put into it by the build.
struct Document: Sendable {
    private let text: String
    /// What the ETag has between its quotes: 64 bits of the text, by FNV-1a.
    private let tag: String

    init(_ text: String) {
        self.text = text
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        tag = String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// Answers with the document, unless the client knows it.
    @LoopActor
    func send(to request: IncomingMessage, _ response: ServerResponse) {
        if let names = request.header(known: .ifMatch), !EntityTags.name(tag, in: names, weakly: false) {
            return response.end(.preconditionFailed, "The document is another one.")
        }
        response.setHeader(.eTag, "\"\(tag)\"")
        response.setHeader(.cacheControl, "no-cache")
        if let names = request.header(known: .ifNoneMatch), EntityTags.name(tag, in: names, weakly: true) {
            response.status = .notModified
            return response.end()
        }
        response.end(json: text.utf8Span.span.bytes)
    }
}

/// Sends the descriptions of the interface for programs, as they stand in `docs`, to any caller: what they say is no secret,
/// and the page is open, too.
@LoopActor
struct DocumentRoutes: ServerPart {
    func addRoutes(to router: Router, behind gates: Gates) {
        router.get("/openapi.json") { request, response in Document.openapi.send(to: request, response) }
        router.get("/asyncapi.json") { request, response in Document.asyncapi.send(to: request, response) }
    }
}
