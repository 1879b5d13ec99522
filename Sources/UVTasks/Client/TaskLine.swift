import HTTPTypes
import UVCore
import UVHTTP

/// A way to the server: where it is, what it is shown, and the connections. One question, one answer.
@LoopActor
struct TaskLine {
    /// The server's address without the last `/`.
    let base: String
    let token: String?
    let client: HTTPClient

    /// A question to the server.
    struct Question: Sendable {
        let path: String

        /// Nil for a question that only looks.
        var change: Change?

        /// What is posted.
        struct Change: Sendable {
            let body: JSON

            /// Under which the server makes a change once, however often it is asked for.
            var key: String?
        }

        /// Whether it may be asked again when it is not known what has come of it.
        var isRepeatable: Bool { if let change, case .none = change.key { false } else { true } }
    }

    struct Answer: Sendable {
        let body: JSONMessage

        /// Whether the `Link` field says that there is more.
        let hasNext: Bool
    }

    /// Asks once.
    ///
    /// - Throws: ``TaskError`` for all but a 2xx with JSON.
    func ask(_ question: Question) async throws(TaskError) -> Answer {
        let response: ClientResponse
        do throws(HTTPClient.Failure) {
            response = try await client.request(
                question.change == nil ? .get : .post, base + question.path, headers: fields(of: question),
                body: question.change?.body.bytes ?? [])
        } catch {
            throw .unreachable(error)
        }
        let bytes: [UInt8]
        do throws(HTTPBodyError) {
            bytes = try await response.body(upTo: Self.longestAnswer)
        } catch {
            if case .tooLarge = error { throw .invalidAnswer(status: response.status.code) }
            throw .unreachable(.noAnswer)
        }
        guard let body = JSONMessage(bytes) else { throw .invalidAnswer(status: response.status.code) }
        guard response.status.kind == .successful else { throw refusal(response, body) }
        let hasNext = if case .some = response.header(.named("Link")) { true } else { false }
        return Answer(body: body, hasNext: hasNext)
    }

    private func fields(of question: Question) -> HTTPFields {
        var fields = HTTPFields()
        if let token { fields[.authorization] = Authorization.bearer(token) }
        if question.change != nil { fields[.contentType] = "application/json" }
        if let key = question.change?.key { fields[.named("Idempotency-Key")] = key }
        return fields
    }

    private func refusal(_ response: ClientResponse, _ body: JSONMessage) -> TaskError {
        let seconds = response.header(.retryAfter).flatMap { Int($0) }.map { min(max($0, 0), 86_400) }
        guard let said = try? JSON(body, body.root).decode(as: Refused.self) else {
            return .invalidAnswer(status: response.status.code)
        }
        return .refused(
            TaskError.Refusal(
                status: response.status.code, code: said.error.code, message: said.error.message,
                retryAfter: seconds.map { .seconds($0) }, details: said.error.details))
    }

    /// The list of a page of tasks with their payloads.
    private static let longestAnswer = 16 << 20
}

/// The body of an answer that refuses.
private struct Refused: Decodable {
    let error: ItemError

    init(from decoder: any Decoder) throws { error = try decoder.members.decode(ItemError.self, forKey: "error") }
}

/// What the server says went wrong, in an answer of its own or for one item of a turn.
struct ItemError: Decodable, Sendable {
    let code: String
    let message: String
    let details: JSON?

    init(from decoder: any Decoder) throws {
        let members = try decoder.members
        code = try members.decode(String.self, forKey: "code")
        message = try members.decode(String.self, forKey: "message")
        details = try members.decodeIfPresent(JSON.self, forKey: "details")
    }
}
