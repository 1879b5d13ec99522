/// Why a request's body cannot be read to its end.
public enum HTTPBodyError: Error, Hashable, Sendable {
    /// The connection has ended before.
    case aborted

    /// The body broke a rule or a limit, or came too slowly. The server answers it.
    case failed(HTTPClientError)

    /// It is longer than the reader wants.
    case tooLarge

    /// Another reader has read it, or is reading it: a body can be read once.
    case alreadyRead
}

extension HTTPBodyError {
    /// The code that Node shows for it: whatever cuts a body off is a reset to its reader. Node knows no limit, and
    /// lets a body be read twice; the codes for these two are ours.
    public var code: String {
        switch self {
        case .aborted, .failed: "ECONNRESET"
        case .tooLarge: "ERR_HTTP_CONTENT_TOO_LARGE"
        case .alreadyRead: "ERR_HTTP_BODY_ALREADY_READ"
        }
    }
}
