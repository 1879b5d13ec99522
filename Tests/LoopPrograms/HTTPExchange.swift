import UVCore
import UVHTTP

/// A request that has arrived, and its answer.
@LoopActor
final class HTTPExchange {
    let request: IncomingMessage
    let response: ServerResponse

    private(set) var isPaused = false
    private(set) var isGivenUp = false
    private var hasEnded = false

    /// The answers before it on its connection.
    private let earlier: [HTTPExchange]

    init(_ request: IncomingMessage, _ response: ServerResponse, behind earlier: [HTTPExchange]) {
        (self.request, self.response, self.earlier) = (request, response, earlier)
    }

    /// Says what happens, but for what Node does not hear of: see `http.py`.
    func watch(_ say: @escaping @LoopActor (String) -> Void) {
        request.onEnd = { [self] in
            hasEnded = true
            say("end")
        }
        request.onAborted = { [self] in if isHeardOf { say("aborted") } }
        request.onError = { [self] in if isHeardOf { say("error \($0.code)") } }
        request.onClose = { [self] in if isHeardOf { say("close") } }
        response.onFinish = { say("finish") }
        response.onClose = { [self] in if hasTurn { say("answer close") } }
    }

    private var isHeardOf: Bool { hasEnded || !response.isFinished }
    private var hasTurn: Bool { earlier.allSatisfy(\.response.isFinished) }

    /// Whether the answer may still be given.
    var isOpen: Bool { !response.isEnded && !isGivenUp }

    func readBody(_ say: @escaping @LoopActor (String) -> Void) {
        if request.onData == nil { request.onData = { say("data \($0.count)") } }
    }

    func pause() {
        isPaused = true
        request.pause()
    }

    func resume() {
        isPaused = false
        request.resume()
    }

    func end(_ text: String) {
        if isPaused { resume() }
        response.end(text)
    }

    func giveUp() {
        isGivenUp = true
        response.destroy()
    }
}
