import DequeModule
import UVCore

/// Requests and responses that are done with, for later ones to use: so most requests allocate nothing.
///
/// Only those are used again that nothing else holds. They are asked for that when they are needed, since a request may
/// be closed later than its answer. An idle connection holds none; a server holds a bounded number while it has connections.
struct UsedMessages {
    private var responses = Deque<ServerResponse>()

    /// About what is under way at once: the rest costs an allocation each.
    private static let limit = 32

    /// Adds an answer that was sent, and with it its request.
    @LoopActor
    mutating func add(_ response: ServerResponse) {
        // An answer to bytes that never became a request, or in place of another one, has no request of its own.
        guard responses.count < Self.limit, response.request?.exchange === response.exchange else { return }
        responses.append(response)
    }

    /// A request and its answer that nothing else holds, if the oldest are that.
    ///
    /// - Complexity: O(1).
    @LoopActor
    mutating func take() -> (IncomingMessage, ServerResponse)? {
        guard var response = responses.popFirst(), isKnownUniquelyReferenced(&response),
            response.exchange.state.value.isOver, isKnownUniquelyReferenced(&response.hot.request),
            let request = response.request
        else { return nil }
        return (request, response)
    }

    mutating func removeAll() { responses.removeAll() }
}
