import HTTPTypes
import UVHTTP

// The fields that this server looks at or sends, and that HTTPTypes has no names for.

extension HTTPField.Name {
    /// Where the next page of a list is, RFC 8288.
    static let link = HTTPField.Name.named("Link")

    /// The name of a request, in its answer too.
    static let requestID = HTTPField.Name.named("X-Request-Id")

    /// What a client calls a change by.
    static let idempotencyKey = HTTPField.Name.named("Idempotency-Key")

    /// Says that the answer is that of an earlier request with the same key.
    static let idempotencyReplayed = HTTPField.Name.named("Idempotency-Replayed")

    /// The position of a client that comes back to a stream of events, of the HTML standard.
    static let lastEventID = HTTPField.Name.named("Last-Event-ID")
}
