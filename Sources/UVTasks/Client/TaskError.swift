public import UVHTTP

/// Why a question to the server has no good answer.
public enum TaskError: Error, Sendable {
    /// The server has refused, and says why.
    case refused(Refusal)

    /// There is no answer. Whether the server has acted is not known.
    case unreachable(HTTPClient.Failure)

    /// What has come is no answer of this server.
    case invalidAnswer(status: Int)

    /// What was to be sent is no JSON: a number that is not finite, or a type that threw.
    case unencodable(String)

    /// What the server says when it refuses.
    public struct Refusal: Sendable {
        /// The status of HTTP.
        public let status: Int

        /// For programs, such as `LEASE_LOST`.
        public let code: String

        /// For people.
        public let message: String

        /// How long the server wants to be left alone.
        public let retryAfter: Duration?

        /// What belongs to the code.
        public let details: JSON?

        package init(status: Int, code: String, message: String, retryAfter: Duration? = nil, details: JSON? = nil) {
            (self.status, self.code, self.message) = (status, code, message)
            (self.retryAfter, self.details) = (retryAfter, details)
        }
    }
}

extension TaskError {
    /// The server's code where it has refused, otherwise that of the connection's failure, as Node names it.
    public var code: String {
        switch self {
        case .refused(let refusal): refusal.code
        case .unreachable(let failure): failure.code
        case .invalidAnswer: "INVALID_ANSWER"
        case .unencodable: "UNENCODABLE"
        }
    }

    /// How long the server wants to be left alone, if it says so.
    public var retryAfter: Duration? { if case .refused(let refusal) = self { refusal.retryAfter } else { nil } }

    /// Whether the same question may have a good answer later: the server is not there, busy, or cannot keep anything now.
    public var isPassing: Bool {
        switch self {
        case .refused(let refusal): refusal.status >= 500 || refusal.status == 408 || refusal.status == 429
        case .unreachable(.invalidRequest), .unencodable: false
        case .unreachable(.connection(let error)): !error.isCertificateRefused
        // A proxy that answers for a server that is away.
        case .invalidAnswer(let status): status >= 500
        case .unreachable: true
        }
    }
}

extension TaskError: CustomStringConvertible {
    /// One sentence for people.
    public var description: String {
        switch self {
        case .refused(let refusal): "\(refusal.code): \(refusal.message)"
        case .unreachable(let failure): failure.description
        case .invalidAnswer(let status): "The answer, of status \(status), is none of a Taskflow server's."
        case .unencodable(let reason): "It cannot be sent as JSON: \(reason)"
        }
    }
}
