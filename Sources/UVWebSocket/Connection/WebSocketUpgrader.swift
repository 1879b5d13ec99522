import HTTPTypes
public import UVCore
public import UVHTTP

/// Makes WebSockets of an HTTP server's upgrade requests. RFC 6455 section 4.2.
///
/// ```swift
/// let server = HTTPServer { _, response in response.end("This is HTTP.\n") }
/// WebSocketUpgrader { socket, _ in
///     socket.onMessage = { message in socket.send(message) }
/// }.attach(to: server)
/// ```
@LoopActor
public final class WebSocketUpgrader {
    /// What one peer may cost.
    public var limits = WebSocketLimits()

    /// The subprotocols that the server speaks. Of those that a client offers it gets the first one that is here.
    public var subprotocols: [String] = []

    private let onOpen: (WebSocket, IncomingMessage) throws -> Void

    /// - Parameter onOpen: Called with each WebSocket and the request that it came from. What it throws goes the way of
    ///   all errors of that WebSocket, see ``WebSocket/onError``.
    public init(_ onOpen: @escaping (WebSocket, IncomingMessage) throws -> Void) {
        self.onOpen = onOpen
    }

    /// Takes over all requests of `server` that ask for a WebSocket; those that ask for anything else stay requests.
    public func attach(to server: HTTPServer) {
        server.shouldUpgrade = { Handshake.contains("websocket", in: $0.header(.upgrade)) }
        server.onUpgrade = { [self] request, socket, head in upgrade(request, socket, head) }
    }

    /// Answers an upgrade request: with 101 and a WebSocket, or with 400, 405 or 426 and the reason. It may be called
    /// later than ``HTTPServer/onUpgrade``; if the client is gone by then, nothing happens.
    public func upgrade(_ request: IncomingMessage, _ socket: Socket, _ head: [UInt8]) {
        guard !socket.isDestroyed else { return }
        let (answer, subprotocol): ([UInt8], String?)
        do throws(Handshake.RequestError) {
            (answer, subprotocol) = try accept(request)
        } catch {
            return refuse(socket, error)
        }
        socket.cork()
        socket.write(answer)
        let webSocket = WebSocket(socket, as: .server, subprotocol: subprotocol, limits: limits)
        webSocket.call { try onOpen(webSocket, request) }
        webSocket.start(head: head)
    }

    private func accept(_ request: IncomingMessage) throws(Handshake.RequestError) -> ([UInt8], String?) {
        let offer = try Self.readOffer(of: request)
        let subprotocol = Handshake.chooseSubprotocol(offered: offer.subprotocols, supported: subprotocols)
        // Hashing fails only without memory or without a working library; then no key can be right.
        guard let accept = try? Handshake.acceptKey(for: offer.key) else { throw .invalidKey }
        let field = subprotocol.map { "\(Handshake.Field.subprotocol): \($0)\r\n" } ?? ""
        let text = """
            HTTP/1.1 101 Switching Protocols\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            \(Handshake.Field.accept): \(accept)\r
            \(field)\r

            """
        return (Array(text.utf8), subprotocol)
    }

    /// Why `request` does not open a WebSocket; nil if it does.
    package static func refusal(of request: IncomingMessage) -> Handshake.RequestError? {
        do throws(Handshake.RequestError) {
            _ = try readOffer(of: request)
            return nil
        } catch {
            return error
        }
    }

    private static func readOffer(of request: IncomingMessage) throws(Handshake.RequestError) -> Handshake.Offer {
        try Handshake.readRequest(method: request.method.rawValue) { name in
            HTTPField.Name(name).flatMap { request.header($0) }
        }
    }

    /// Answers, ends, and drops what still comes until the peer has ended too. HTTP has let go of the socket, so only
    /// this ends a connection that the peer keeps open.
    private func refuse(_ socket: Socket, _ error: Handshake.RequestError) {
        let timeout = EventLoop.current.wait(HTTPLimits().lingerTimeout) { socket.destroy() }
        socket.onClose = { _ in timeout.cancel() }
        socket.resume()
        socket.end(Self.refusal(error))
    }

    private static func refusal(_ error: Handshake.RequestError) -> String {
        let (status, fields) = statusAndFields(error)
        return """
            HTTP/1.1 \(status)\r
            \(fields)\r
            \(Handshake.Field.version): \(Handshake.version)\r
            Content-Type: text/plain; charset=utf-8\r
            Content-Length: \(error.message.utf8.count + 1)\r
            \r
            \(error.message)

            """
    }

    /// A 405 names the method that is allowed, a 426 the protocol to upgrade to. RFC 9110 sections 15.5.6 and 15.5.22.
    private static func statusAndFields(_ error: Handshake.RequestError) -> (HTTPResponse.Status, String) {
        switch error {
        case .methodNotGet: (.methodNotAllowed, "Allow: GET\r\nConnection: close")
        case .notAnUpgrade, .unsupportedVersion: (.upgradeRequired, "Upgrade: websocket\r\nConnection: Upgrade, close")
        case .invalidKey, .invalidSubprotocols: (.badRequest, "Connection: close")
        }
    }
}
