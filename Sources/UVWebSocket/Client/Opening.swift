import HTTPTypes
import UVCore
import UVCrypto
import UVHTTP

/// One handshake, from the first packet to the socket or the failure: a request of HTTP that is upgraded.
@LoopActor
final class Opening {
    private let url: WebSocketURL
    private let subprotocols: [String]
    private let limits: WebSocketLimits
    private let deflaters: SharedDeflaters?
    private var done: ((Result<WebSocket, WebSocketClient.Failure>) throws -> Void)?

    /// Made once: it reads the system's authorities.
    private static let standardTLS = TLSContext()

    private let loop = EventLoop.current
    /// Of this handshake alone: a connection on which the server has refused it is not used again.
    private let client: HTTPClient
    private var request: ClientRequest?

    init(
        _ url: WebSocketURL, through client: HTTPClient, _ subprotocols: [String], _ limits: WebSocketLimits,
        _ deflate: PerMessageDeflate?,
        _ done: @escaping (Result<WebSocket, WebSocketClient.Failure>) throws -> Void
    ) {
        self.url = url
        self.client = client
        self.subprotocols = subprotocols
        self.limits = limits
        deflaters = deflate.map { SharedDeflaters($0) }
        self.done = done
    }

    static func client(
        for url: WebSocketURL, _ tls: (any SocketSecurity)?, timeout: Duration
    ) -> HTTPClient {
        var options = HTTPClient.Options()
        (options.timeouts.connect, options.timeouts.head, options.timeouts.idle) = (nil, nil, nil)
        options.timeouts.whole = timeout
        return HTTPClient(options, tls: url.isSecure ? tls ?? standardTLS : nil)
    }

    func start(_ fields: HTTPFields) {
        guard let key = try? Handshake.makeKey(), let accept = try? Handshake.acceptKey(for: key) else {
            return loop.nextTick { [self] in finish(.failure(.invalidAnswer("There are no random bytes for a key."))) }
        }
        let request = client.begin(.get, url.overHTTP, headers: offer(key) + fields)
        request.onUpgrade = { [self] response, socket, head in open(socket, accept, response, head) }
        request.onResponse = { [self] response in fail(.refused(status: response.status.code)) }
        request.onError = { [self] failure in fail(WebSocketClient.Failure(failure)) }
        request.end()
        self.request = request
    }

    /// Ends it without a word.
    func cancel() {
        done = nil
        request?.abort()
        request = nil
    }

    private func offer(_ key: String) -> HTTPFields {
        var fields: HTTPFields = [
            .named("Host"): url.authority, .upgrade: "websocket", .connection: "Upgrade", .secWebSocketKey: key,
            .secWebSocketVersion: Handshake.version,
        ]
        if !subprotocols.isEmpty { fields[.secWebSocketProtocol] = subprotocols.joined(separator: ", ") }
        if let deflaters { fields[.secWebSocketExtensions] = DeflateAgreement.offer(deflaters.options) }
        return fields
    }

    private func open(_ socket: Socket, _ accept: String, _ response: ClientResponse, _ head: [UInt8]) {
        guard done != nil else { return socket.destroy() }
        do throws(Handshake.AnswerError) {
            let answer = try Handshake.readAnswer(
                status: response.status.code, accept: accept, offered: subprotocols, deflate: deflaters?.options
            ) { name in HTTPField.Name(name).flatMap { response.header($0) } }
            let webSocket = WebSocket(
                socket, as: .client, subprotocol: answer.subprotocol, limits: SharedLimits(limits),
                deflate: messageDeflate(answer.deflate))
            finish(.success(webSocket))
            // Not yet: an `async` caller sets its callbacks in a microtask, and is to hear the first message.
            loop.setImmediate { webSocket.start(head: head) }
        } catch {
            socket.destroy()
            finish(.failure(.invalidAnswer(error.message)))
        }
    }

    private func messageDeflate(_ agreement: DeflateAgreement?) -> MessageDeflate? {
        guard let agreement, let deflaters else { return nil }
        return MessageDeflate(agreement, as: .client, deflaters)
    }

    private func fail(_ failure: WebSocketClient.Failure) {
        request?.abort()
        finish(.failure(failure))
    }

    private func finish(_ result: Result<WebSocket, WebSocketClient.Failure>) {
        request = nil
        guard let done else { return }
        self.done = nil
        switch result {
        case .success(let webSocket): webSocket.call { try done(result) }
        case .failure: loop.contain("a callback of a WebSocket") { try done(result) }
        }
    }
}

extension WebSocketClient.Failure {
    fileprivate init(_ failure: HTTPClient.Failure) {
        switch failure {
        case .connection(let error): self = .connection(error)
        case .noAnswer, .timedOut, .aborted: self = .noAnswer
        case .invalidRequest: self = .invalidRequest("\(failure)")
        case .invalidAnswer, .redirect: self = .invalidAnswer("\(failure)")
        }
    }
}
