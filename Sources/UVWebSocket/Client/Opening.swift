import HTTPTypes
import UVCore
import UVCrypto

/// One handshake, from the first packet to the socket or the failure.
@LoopActor
final class Opening {
    private let url: WebSocketURL
    private let tls: (any SocketSecurity)?
    private let fields: HTTPFields
    private let subprotocols: [String]
    private let limits: WebSocketLimits
    private var done: ((Result<WebSocket, WebSocketClient.Failure>) throws -> Void)?

    /// Made once: it reads the system's authorities.
    private static let standardTLS = TLSContext()

    private let loop = EventLoop.current
    private var timer: Deadline?
    /// Nil before there is one, and when it is the WebSocket's.
    private var socket: Socket?
    private var answer = AnswerReader()

    init(
        _ url: WebSocketURL, _ tls: (any SocketSecurity)?, _ fields: HTTPFields, _ subprotocols: [String],
        _ limits: WebSocketLimits,
        _ done: @escaping (Result<WebSocket, WebSocketClient.Failure>) throws -> Void
    ) {
        self.url = url
        self.tls = tls
        self.fields = fields
        self.subprotocols = subprotocols
        self.limits = limits
        self.done = done
    }

    func start(_ timeout: Duration) {
        guard let key = try? Handshake.makeKey(), let accept = try? Handshake.acceptKey(for: key) else {
            return loop.nextTick { [self] in finish(.failure(.invalidAnswer("There are no random bytes for a key."))) }
        }
        let socket = Socket.connect(port: url.port, host: url.host, tls: url.isSecure ? tls ?? Self.standardTLS : nil)
        self.socket = socket
        socket.write(request(key))
        socket.onError = { [self] error in finish(.failure(.connection(error))) }
        socket.onClose = { [self] _ in finish(.failure(.noAnswer)) }
        socket.onData = { [self] bytes in receive(bytes, on: socket, accept) }
        timer = Deadline(after: timeout, on: loop) { [self] in didTimeOut(socket) }
    }

    /// Ends it without a word.
    func cancel() {
        timer?.cancel()
        done = nil
        socket?.destroy()
    }

    private func request(_ key: String) -> String {
        var lines = [
            "GET \(url.target) HTTP/1.1", "Host: \(url.authority)", "Upgrade: websocket", "Connection: Upgrade",
            "\(Handshake.Field.key): \(key)", "\(Handshake.Field.version): \(Handshake.version)",
        ]
        if !subprotocols.isEmpty {
            lines.append("\(Handshake.Field.subprotocol): \(subprotocols.joined(separator: ", "))")
        }
        lines += fields.map { "\($0.name.rawName): \($0.value)" }
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }

    private func didTimeOut(_ socket: Socket) {
        guard done != nil else { return }
        fail(.noAnswer, socket)
    }

    private func receive(_ bytes: [UInt8], on socket: Socket, _ accept: String) {
        guard done != nil else { return }
        do throws(AnswerReader.Failure) {
            guard let rest = try answer.read(bytes) else { return }
            open(socket, accept, rest)
        } catch {
            fail(.invalidAnswer(error.message), socket)
        }
    }

    private func open(_ socket: Socket, _ accept: String, _ head: [UInt8]) {
        do throws(Handshake.AnswerError) {
            let subprotocol = try Handshake.readAnswer(
                status: answer.status, accept: accept, offered: subprotocols, header: answer.field)
            self.socket = nil
            socket.relinquish()
            let webSocket = WebSocket(socket, as: .client, subprotocol: subprotocol, limits: SharedLimits(limits))
            finish(.success(webSocket))
            // Not yet: an `async` caller sets its callbacks in a microtask, and is to hear the first message.
            loop.setImmediate { webSocket.start(head: head) }
        } catch {
            if case .unexpectedStatus(let status) = error {
                fail(.refused(status: status), socket)
            } else {
                fail(.invalidAnswer(error.message), socket)
            }
        }
    }

    private func fail(_ failure: WebSocketClient.Failure, _ socket: Socket) {
        finish(.failure(failure))
        socket.destroy()
    }

    private func finish(_ result: Result<WebSocket, WebSocketClient.Failure>) {
        timer?.cancel()
        guard let done else { return }
        self.done = nil
        switch result {
        case .success(let webSocket): webSocket.call { try done(result) }
        case .failure: loop.contain("a callback of a WebSocket") { try done(result) }
        }
    }
}
