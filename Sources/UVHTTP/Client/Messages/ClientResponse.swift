public import HTTPTypes
public import UVCore

/// An answer, as Node's `http.IncomingMessage` on the client's side: its head is here, its body comes when the program
/// reads it.
///
/// ```swift
/// response.onData = { bytes in … }
/// response.onEnd = { … }
/// ```
///
/// Until it has arrived it has its connection: one that is of no interest is thrown away by ``resume()``, or ended by
/// ``destroy()``, also by letting go of it: where the answer waits for its reader, and nothing holds it any more, its
/// connection closes.
@LoopActor
public final class ClientResponse {
    /// What the program is told.
    var bodyCallbacks = BodyCallbacks()

    /// How far the body has come and has been read.
    @exclusivity(unchecked) var body = RequestBody(.arriving)

    var trailerFields: [Trailer] = []

    /// Nil once it has arrived or has broken off.
    var connection: ClientConnection?

    let head: ReceivedHead
    let client: HTTPClient

    /// Where it comes from: where the request has gone in the end if redirects were followed.
    public let url: String

    init(_ head: ReceivedHead, to request: ClientRequest, on connection: ClientConnection) {
        self.head = head
        self.connection = connection
        client = request.client
        url = request.url
    }

    // Its connection holds it but for the time in which it waits for a reader: now there will be none.
    deinit {
        if let connection { EventLoop.execute { connection.didForgetResponse() } }
    }

    // MARK: The head

    /// The status and the phrase that the server sent with it.
    public var status: HTTPResponse.Status { HTTPResponse.Status(code: head.status, reasonPhrase: head.reason) }

    /// `1.1` or `1.0`.
    public var httpVersion: String { head.parts.minorVersion == 1 ? "1.1" : "1.0" }

    /// The value of the field `name`. Several of one name are joined by a comma, as RFC 9110 section 5.3 has it, and of
    /// those that may be there once, such as `Content-Type`, the first counts. The lines of `Set-Cookie` are in
    /// ``headerFields``, each for itself.
    ///
    /// - Complexity: O(fields).
    public func header(_ name: HTTPField.Name) -> String? { head.value(of: name) }

    /// All fields, in the order they came.
    ///
    /// - Complexity: O(bytes of the head); each call decodes them anew.
    public var headerFields: HTTPFields { head.fields }

    /// Fields that came behind a chunked body; complete when ``onEnd`` is called.
    public var trailers: HTTPFields {
        var fields = HTTPFields()
        for trailer in trailerFields {
            guard let name = HTTPField.Name(trailer.name) else { continue }
            fields.append(HTTPField(name: name, value: String(decoding: trailer.value, as: UTF8.self)))
        }
        return fields
    }

    // MARK: State

    /// Whether the answer has arrived whole.
    public var isComplete: Bool { body.arrival == .arrived }

    /// Whether it has broken off, or was given up, before it was read whole.
    public var isAborted: Bool {
        if case .cut = body.life { return true }
        return false
    }

    /// Whether nothing more happens to it: ``onClose`` was called, or is next.
    public var isClosed: Bool { !body.isOpen }

    // MARK: Reading

    /// Stops reading the body; the server is held up by TCP once `Socket.highWaterMark` bytes wait.
    public func pause() { handle(.paused) }

    /// Reads on. Without ``onData`` and ``onBytes`` the body is thrown away.
    public func resume() { handle(.resumed) }

    /// Gives the answer up: its connection closes. Silent when it has arrived.
    public func destroy() { connection?.fail(.aborted) }
}
