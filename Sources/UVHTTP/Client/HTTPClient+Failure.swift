public import UVCore

extension HTTPClient {
    /// Why a request has no answer.
    public enum Failure: Error, Hashable, Sendable {
        /// It is none: a URL, a method or a field that cannot be sent; the reason in a sentence.
        case invalidRequest(InvalidRequest)

        /// No connection to the server, or it broke.
        case connection(LoopError)

        /// The server has closed the connection before its answer. It may have acted on the request or not.
        case noAnswer

        /// What the server sent is no answer, or is over a limit.
        case invalidAnswer(InvalidAnswer)

        /// Something took longer than ``HTTPClient/Timeouts`` allows.
        case timedOut(Timeouts.Kind)

        /// The program has given it up: ``ClientRequest/abort()``, or its task was cancelled.
        case aborted

        /// More redirects than ``HTTPClient/Options/redirects``, or one that cannot be followed: to no URL of HTTP, or with
        /// a body that was sent in pieces and is gone.
        case redirect
    }

    /// Why a request cannot be sent.
    public enum InvalidRequest: Sendable, Hashable {
        /// It is no URL that a request can be sent to.
        case url
        /// `https`, and the client was given no TLS.
        case scheme
        /// `CONNECT` opens a tunnel, which is no request with an answer.
        case method
        /// The body is longer or shorter than its `Content-Length`.
        case length
    }

    /// What is wrong with an answer.
    public struct InvalidAnswer: Sendable, Hashable {
        let error: HTTPParseError

        /// The code that Node shows for it, such as `HPE_INVALID_CHUNK_SIZE`.
        public var code: String { error.code }

        /// One sentence for people.
        public var message: String { error.message }
    }
}

extension HTTPClient.Failure {
    /// The code that Node shows for it.
    public var code: String {
        switch self {
        case .invalidRequest(.url): "ERR_INVALID_URL"
        case .invalidRequest(.scheme): "ERR_INVALID_PROTOCOL"
        case .invalidRequest(.method): "ERR_INVALID_HTTP_TOKEN"
        case .invalidRequest(.length): "ERR_HTTP_CONTENT_LENGTH_MISMATCH"
        case .connection(let error): error.name
        case .noAnswer, .aborted: "ECONNRESET"
        case .invalidAnswer(let answer): answer.code
        case .timedOut: "ETIMEDOUT"
        case .redirect: "ERR_HTTP_REDIRECT"
        }
    }
}

extension HTTPClient.Failure: CustomStringConvertible {
    /// One sentence for people.
    public var description: String {
        switch self {
        case .invalidRequest(.url): "The URL is none of HTTP's."
        case .invalidRequest(.scheme): "The client was given no TLS for https."
        case .invalidRequest(.method): "CONNECT is no request that is answered."
        case .invalidRequest(.length): "The body is not as long as its Content-Length says."
        case .connection(let error): "\(error)"
        case .noAnswer: "The server closed the connection before its answer."
        case .invalidAnswer(let answer): answer.message
        case .timedOut(let kind): "The server took too long: \(kind)."
        case .aborted: "The request was given up."
        case .redirect: "A redirect cannot be followed, or there are too many."
        }
    }
}
