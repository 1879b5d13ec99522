/// Why a request's body cannot be read to its end.
public enum HTTPBodyError: Error, Hashable, Sendable {
    /// The connection has ended before.
    case aborted

    /// The body broke a rule or a limit, or came too slowly. The server answers it.
    case failed(HTTPClientError)

    /// It is longer than the reader wants.
    case tooLarge

    /// Somebody else has read it, or is reading it: a body can be read once.
    case alreadyRead
}
