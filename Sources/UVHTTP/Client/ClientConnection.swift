import UVCore

/// One connection of an ``HTTPClient``: requests go out, one at a time, and their answers come in.
///
/// ```
/// carry ─► head, body ─► socket                socket ─► process ─► ResponseReader
///            ClientExchange says when                       ├─ interim ─► the request
///                                                           ├─ head ─► the request gets a ClientResponse
/// settle: the next request, or the pool, or the end   ◄─────┴─ data, end ─► the response
/// ```
///
/// What an event means, ``ClientExchange`` says; here, and nowhere else, it is done to the socket. Bytes that cannot be
/// used yet are kept, and the socket is paused: so a server is held up by TCP, and a connection holds at most one read's
/// worth of input.
@LoopActor
final class ClientConnection {
    /// What it is to the pool.
    enum Place {
        case carrying, idle
        /// The pool counts it no more.
        case gone
    }

    let socket: Socket
    let origin: HTTPOrigin
    let client: HTTPClient

    var place = Place.idle
    var exchange = ClientExchange()
    var reader: ResponseReader
    var unused = UnusedInput()
    var request: ClientRequest?

    /// The answer that is arriving.
    var response: ClientResponse? {
        get { flowing ?? waiting }
        set { (flowing, waiting) = (newValue, nil) }
    }

    /// The answer while it takes what comes.
    private var flowing: ClientResponse?
    /// The answer while what comes has to wait for its reader. The program alone holds it then, which may have forgotten it.
    private weak var waiting: ClientResponse?

    /// The answer is a redirect that is followed when it has arrived: how much of it has.
    var redirect: (to: Redirect, length: Int)?

    /// Whether it has carried an exchange before this one.
    var wasUsed = false

    /// How far the server's side has come.
    var input = Input.flowing

    enum Input {
        case flowing
        /// It waits for the reader of the answer.
        case waiting
        /// The server has ended its side; what has arrived may still be read.
        case ended
    }

    /// When it is closed, if it carries nothing until then.
    var idleEnd = Int64.max

    var loop: EventLoop { client.loop }

    init(_ socket: Socket, _ origin: HTTPOrigin, _ client: HTTPClient) {
        self.socket = socket
        self.origin = origin
        self.client = client
        reader = ResponseReader(client.options.limits)
        socket.setNoDelay()
        // The socket keeps the connection until it has closed and drops its callbacks.
        socket.onBytes = { [self] bytes in receive(bytes) }
        socket.onDrain = { [self] in
            // Behind the callback of the program, which may have written more.
            defer { settle() }
            try request?.didDrain()
        }
        socket.onEnd = { [self] in didReceiveEnd() }
        socket.onError = { [self] error in lose(.connection(error)) }
        socket.onClose = { [self] _ in didClose() }
    }
}

// MARK: - Requests

extension ClientConnection {
    /// Takes a request over.
    func carry(_ request: ClientRequest) {
        place = .carrying
        self.request = request
        exchange = ClientExchange(isPersistent: request.head.keepsConnection)
        reader.begin(answering: request.head.known ?? .get)
        socket.ref()
        request.attach(to: self)
    }

    func didOpen() {
        switch exchange.request {
        case .ended: request?.enter(.head)
        case .held: request?.enter(.held)
        case .ahead, .body, .refused: request?.enter(.sending)
        }
    }

    /// Sends the head of the request, if it was not.
    func sendHead(of request: ClientRequest) {
        guard exchange.request == .ahead, place == .carrying else { return }
        socket.cork()
        socket.write(request.head.bytes(framing: request.body))
        exchange.sendHead(expectsContinue: request.head.expectsContinue && request.body != .whole([]))
        if exchange.request == .held, !socket.isConnecting { request.enter(.held) }
    }

    /// Whether the body may be sent.
    var takesBody: Bool { exchange.takesBody && place == .carrying }

    /// Sends a piece of the body, as it is framed.
    func sendBody(_ bytes: [UInt8]) -> Bool {
        socket.cork()
        return socket.write(bytes)
    }

    /// The request is whole.
    func endRequest() {
        exchange.endRequest()
        if exchange.answer == .awaited || exchange.answer == .begun, !socket.isConnecting { request?.enter(.head) }
        settle()
    }

    /// The server has not said in time whether it wants the body: it gets it.
    func stopWaiting() {
        guard exchange.mayContinue() else { return }
        request?.enter(.sending)
        request?.push()
    }

    /// Gives up what is under way.
    func fail(_ failure: HTTPClient.Failure) {
        guard place == .carrying else { return }
        leave(failure)
        close()
    }
}

// MARK: - An answer that waits

extension ClientConnection {
    func letGoOfResponse() { (flowing, waiting) = (nil, response) }

    func holdResponse() { response = waiting ?? flowing }

    /// Nothing has held the answer while it waited for its reader.
    func didForgetResponse() {
        if exchange.answer == .arriving, redirect == nil, response == nil { fail(.aborted) }
    }
}
