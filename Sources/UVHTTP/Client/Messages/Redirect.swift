import HTTPTypes
import UVCore

/// Where a redirect leads, and what is sent there: a pure value. The Fetch standard's "HTTP-redirect fetch".
struct Redirect {
    let head: OutgoingHead

    /// Whether the body is sent again.
    let keepsBody: Bool

    enum Decision {
        /// The answer is no redirect, or names no place.
        case none
        case follow(Redirect)
        /// It leads to no URL of HTTP, or wants a body that is gone.
        case refuse
    }

    /// What an answer asks of a request.
    static func decision(_ answer: ReceivedHead, to request: OutgoingHead, _ body: OutgoingBody) -> Decision {
        guard statuses.contains(answer.status), let location = answer.value(of: .location) else { return .none }
        guard let url = request.url.resolving(location) else { return .refuse }
        // What was sent in pieces is gone.
        guard answer.status == 303 || body.isRepeatable else { return .refuse }
        let becomesGet =
            switch answer.status {
            case 301, 302: request.known == .post
            case 303: request.known != .get && request.known != .head
            default: false
            }
        // A 303 asks to see another page: what was sent in pieces does not go there, whatever the method.
        let keepsBody = !becomesGet && body.isRepeatable
        var head = request
        head.url = url
        if becomesGet { head.method = .get }
        if !keepsBody {
            for name in ofBody { head.fields[name] = nil }
        }
        if url.origin != request.url.origin {
            for name in credentials { head.fields[name] = nil }
        }
        return .follow(Redirect(head: head, keepsBody: keepsBody))
    }

    private static let statuses = [301, 302, 303, 307, 308]

    /// What describes a body that is not sent any more.
    private static let ofBody: [HTTPField.Name] = [
        .contentEncoding, .contentLanguage, .contentLocation, .contentType, .contentLength, .expect,
    ]

    /// What is meant for one origin alone, and the name of that origin.
    private static let credentials: [HTTPField.Name] = [
        .authorization, .proxyAuthorization, .cookie, OutgoingHead.host,
    ]
}
