import HTTPTypes
import UVCore
import UVHTTP

/// A description of the interface for programs, as it stands in `docs`: put into the program by the build.
struct Document: Sendable {
    /// What the ETag has between its quotes; another one for another text.
    let tag: String
    let text: String

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

/// Sends the documents, to any caller: what they say is no secret, and the page is open, too.
@LoopActor
struct DocumentRoutes: ServerPart {
    func addRoutes(to router: Router, behind gates: Gates) {
        router.get("/openapi.json") { request, response in Document.openapi.send(to: request, response) }
        router.get("/asyncapi.json") { request, response in Document.asyncapi.send(to: request, response) }
    }
}
