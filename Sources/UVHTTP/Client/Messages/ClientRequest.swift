public import HTTPTypes
public import UVCore

/// A request on its way to a server, as Node's `http.ClientRequest`.
///
/// ```swift
/// let request = client.begin(.put, "http://localhost:3000/log")
/// request.onResponse = { response in print(response.status) }
/// if !request.write("first line\n") { request.onDrain = { … } }
/// request.end()
/// ```
///
/// It asks for a connection in a tick, and its head is sent with the first piece of its body, or its end.
@LoopActor
public final class ClientRequest {
    // MARK: Callbacks

    /// Called once, with the head of the answer. Without it the answer is thrown away.
    public var onResponse: ((ClientResponse) throws -> Void)?

    /// Called for each head that comes before the answer, such as `103 Early Hints`. RFC 9110 section 15.2.
    public var onInformation: ((_ status: HTTPResponse.Status, _ fields: HTTPFields) throws -> Void)?

    /// Called in place of ``onResponse`` when the answer is `101 Switching Protocols`: the socket is the program's, with what
    /// has come behind the head. Without it such an answer is ``HTTPClient/Failure/noAnswer``.
    public var onUpgrade: ((_ response: ClientResponse, _ socket: Socket, _ head: [UInt8]) throws -> Void)?

    /// Called when what was written has been taken by the system, if a ``write(_:)-([UInt8])`` has returned false.
    public var onDrain: (() throws -> Void)?

    /// Called when there will be no answer. What breaks off behind the head of the answer is told to the response; but when
    /// the answer is whole and the request is cut off, that is told here.
    public var onError: ((HTTPClient.Failure) throws -> Void)?

    // MARK: State

    /// The method; that of the last request if redirects were followed.
    public var method: HTTPRequest.Method { head.method }

    /// Where it goes; where it has gone in the end if redirects were followed.
    public var url: String { head.url.text }

    /// Whether ``end()`` was called.
    public internal(set) var isEnded = false

    /// Whether the answer has arrived whole and the request was sent, or nothing more will be.
    public var isOver: Bool {
        if case .over = stage { return true }
        return false
    }

    let client: HTTPClient
    let refusal: HTTPClient.InvalidRequest?
    var head: OutgoingHead
    var body = OutgoingBody.open
    var trailers: [Trailer] = []

    /// What was written and could not be sent yet, as it is sent.
    var pending: [UInt8] = []
    var owesDrain = false
    /// What is piped into the body, which is told when nothing more of that is wanted.
    var bodyWriter: ByteWriter?

    var stage = Stage.starting
    var wasRepeated = false
    var redirectsLeft: Int
    var times: RequestTimes
    var deadline: Deadline?
    var deadlineAt = Int64.max
    /// How much the server had taken when that was looked at last.
    var bytesTaken = 0

    /// From the call to the last byte of the answer, and of the request.
    enum Stage {
        case starting
        /// In the line for a connection.
        case waiting
        case carried(ClientConnection)
        /// The program has the head of the answer.
        case answered(ClientConnection)
        case over
    }

    /// - Parameter refusal: Why it cannot be sent, which it is told in a tick.
    init(_ head: OutgoingHead, _ refusal: HTTPClient.InvalidRequest?, of client: HTTPClient) {
        self.client = client
        self.head = head
        self.refusal = refusal
        redirectsLeft = client.options.redirects
        times = RequestTimes(at: client.loop.now)
    }

    /// Gives the request up: nothing more is sent, the connection closes, and ``onError`` is called in a tick with
    /// ``HTTPClient/Failure/aborted``; while an answer arrives the response is told instead.
    public func abort() { giveUp(.aborted) }

    /// Adds fields to send behind the body, if it is sent in chunks. Those that may not come there are left out. RFC 9110
    /// section 6.5.
    public func addTrailers(_ fields: HTTPFields) {
        trailers += fields.compactMap { Trailer(name: $0.name.rawName, value: $0.value) }
    }
}
