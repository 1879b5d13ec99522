public import HTTPTypes
public import UVCore
import UVHTTP

/// Opens WebSockets. RFC 6455 section 4.1.
///
/// ```swift
/// WebSocketClient.connect(to: url) { result in
///     let socket = try result.get()
///     socket.onMessage = { message in print(message.text) }
/// }
/// ```
@LoopActor
public enum WebSocketClient {
    /// Why no WebSocket was opened.
    public enum Failure: Error, Hashable, Sendable {
        /// No connection to the server, or it was lost.
        case connection(LoopError)
        /// The server ended the connection, or did not answer within the time.
        case noAnswer
        /// The server answered with another status than 101.
        case refused(status: Int)
        /// The server's answer breaks the protocol; the reason in a sentence.
        case invalidAnswer(String)
    }

    /// Connects and shakes hands; `done` gets the open socket, or the failure.
    ///
    /// - Parameters:
    ///   - fields: Sent along, such as `Authorization`.
    ///   - subprotocols: Offered to the server, the preferred one first.
    ///   - timeout: How long connecting and the handshake may take.
    /// - Precondition: each subprotocol is a token, RFC 9110 section 5.6.2.
    public static func connect(
        to url: WebSocketURL, fields: HTTPFields = [:], subprotocols: [String] = [],
        limits: WebSocketLimits = WebSocketLimits(), timeout: Duration = .seconds(10),
        _ done: @escaping (Result<WebSocket, Failure>) throws -> Void
    ) {
        precondition(subprotocols.allSatisfy(Handshake.isToken), "subprotocols that are no tokens: \(subprotocols)")
        let opening = Opening(url, fields, subprotocols, limits, done)
        opening.start(timeout)
    }

    /// Connects and shakes hands.
    public static func connect(
        to url: WebSocketURL, fields: HTTPFields = [:], subprotocols: [String] = [],
        limits: WebSocketLimits = WebSocketLimits(), timeout: Duration = .seconds(10)
    ) async throws(Failure) -> WebSocket {
        try await withUnsafeContinuation { continuation in
            connect(to: url, fields: fields, subprotocols: subprotocols, limits: limits, timeout: timeout) {
                continuation.resume(returning: $0)
            }
        }.get()
    }
}

/// One handshake, from the first packet to the socket or the failure.
@LoopActor
private final class Opening {
    private let url: WebSocketURL
    private let fields: HTTPFields
    private let subprotocols: [String]
    private let limits: WebSocketLimits
    private var done: ((Result<WebSocket, WebSocketClient.Failure>) throws -> Void)?

    private let loop = EventLoop.current
    private var timer: Timeout?
    private var parser = MessageHeadParser(.response, limits: HTTPLimits())
    private var received: [UInt8] = []

    init(
        _ url: WebSocketURL, _ fields: HTTPFields, _ subprotocols: [String], _ limits: WebSocketLimits,
        _ done: @escaping (Result<WebSocket, WebSocketClient.Failure>) throws -> Void
    ) {
        self.url = url
        self.fields = fields
        self.subprotocols = subprotocols
        self.limits = limits
        self.done = done
    }

    func start(_ timeout: Duration) {
        guard let key = try? Handshake.makeKey(), let accept = try? Handshake.acceptKey(for: key) else {
            return loop.nextTick { [self] in finish(.failure(.invalidAnswer("There are no random bytes for a key."))) }
        }
        let socket = Socket.connect(port: url.port, host: url.host)
        socket.write(request(key))
        socket.onError = { [self] error in finish(.failure(.connection(error))) }
        socket.onClose = { [self] _ in finish(.failure(.noAnswer)) }
        socket.onData = { [self] bytes in receive(bytes, on: socket, accept) }
        timer = loop.setTimeout(timeout) { [self] in
            finish(.failure(.noAnswer))
            socket.destroy()
        }
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

    private func receive(_ bytes: [UInt8], on socket: Socket, _ accept: String) {
        received += bytes
        do throws(HTTPParseError) {
            guard case .head(let length) = try parser.step(received.span.bytes) else { return }
            open(socket, accept, Array(received[length...]))
        } catch {
            fail(.invalidAnswer(error.message), socket)
        }
    }

    private func open(_ socket: Socket, _ accept: String, _ head: [UInt8]) {
        do throws(Handshake.AnswerError) {
            let subprotocol = try Handshake.readAnswer(
                status: parser.head.status, accept: accept, offered: subprotocols, header: field)
            socket.relinquish()
            let webSocket = WebSocket(socket, as: .client, subprotocol: subprotocol, limits: limits)
            finish(.success(webSocket))
            webSocket.start(head: head)
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

    private func field(_ name: String) -> String? {
        let values = parser.head.fields.compactMap { field -> String? in
            guard text(field.name).lowercased() == name.lowercased() else { return nil }
            return text(field.value)
        }
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: received[range], as: UTF8.self) }

    private func finish(_ result: Result<WebSocket, WebSocketClient.Failure>) {
        timer?.cancel()
        guard let done else { return }
        self.done = nil
        loop.attempt { try done(result) }
    }
}
