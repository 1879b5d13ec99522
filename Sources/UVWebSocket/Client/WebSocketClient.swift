public import HTTPTypes
public import UVCore
package import UVHTTP

/// Opens WebSockets. RFC 6455 section 4.1.
///
/// ```swift
/// WebSocketClient.connect(to: url) { result in
///     let socket = try result.get()
///     socket.onMessage = { message in print(message.text) }
/// }
/// ```
///
/// What `done` throws is reported, as the errors of a WebSocket's callbacks are, and the program goes on; a WebSocket
/// that it was given is closed with ``CloseCode/internalError``.
@LoopActor
public enum WebSocketClient {
    /// Why no WebSocket was opened.
    public enum Failure: Error, Hashable, Sendable {
        /// It cannot be asked for, and no server was; the reason in a sentence.
        case invalidRequest(String)
        /// No connection to the server, or it was lost.
        case connection(LoopError)
        /// The server ended the connection, or did not answer within the time.
        case noAnswer
        /// The server answered with another status than 101.
        case refused(status: Int)
        /// The server's answer breaks the protocol; the reason in a sentence.
        case invalidAnswer(String)
    }

    /// A handshake that is under way.
    @LoopActor
    public struct Attempt {
        fileprivate let opening: Opening

        /// Ends it: the connection is closed, and `done` is not called. Silent when it was called already.
        public func cancel() { opening.cancel() }
    }

    /// Connects and shakes hands; `done` gets the open socket, or the failure. It is called later, never inside this call.
    ///
    /// - Parameters:
    ///   - url: Where it connects to.
    ///   - tls: For a `wss` URL, the authorities that may vouch for its server; nil for the system's.
    ///   - fields: Sent along, such as `Authorization`.
    ///   - subprotocols: Offered to the server, the preferred one first.
    ///   - limits: What the server may cost.
    ///   - deflate: How messages are compressed, if the server can do so; nil for not at all.
    ///   - timeout: How long connecting and the handshake may take.
    ///   - done: Gets the open socket, or why there is none.
    /// - Returns: What the attempt is given up by.
    /// - Precondition: each subprotocol is a token, RFC 9110 section 5.6.2.
    @discardableResult
    public static func connect(
        to url: WebSocketURL, tls: (any SocketSecurity)? = nil, fields: HTTPFields = [:], subprotocols: [String] = [],
        limits: WebSocketLimits = WebSocketLimits(), deflate: PerMessageDeflate? = nil,
        timeout: Duration = .seconds(10),
        _ done: @escaping (Result<WebSocket, Failure>) throws -> Void
    ) -> Attempt {
        if let name = subprotocols.first(where: { !HTTPGrammar.isToken($0) }) {
            programError("a subprotocol is a token: \(name)")
        }
        let client = Opening.client(for: url, tls, timeout: timeout)
        let opening = Opening(url, through: client, subprotocols, limits, deflate, done)
        opening.start(fields)
        return Attempt(opening: opening)
    }

    /// Connects and shakes hands.
    public static func connect(
        to url: WebSocketURL, tls: (any SocketSecurity)? = nil, fields: HTTPFields = [:], subprotocols: [String] = [],
        limits: WebSocketLimits = WebSocketLimits(), deflate: PerMessageDeflate? = nil,
        timeout: Duration = .seconds(10)
    ) async throws(Failure) -> WebSocket {
        try await EventLoop.current.suspend { continuation in
            connect(
                to: url, tls: tls, fields: fields, subprotocols: subprotocols, limits: limits, deflate: deflate,
                timeout: timeout
            ) { continuation.resume(returning: $0) }
        }.get()
    }

    /// Shakes hands on a connection of `client`, which is used for nothing else: it says what the URL leads to.
    package static func connect(
        to url: WebSocketURL, through client: HTTPClient, fields: HTTPFields, subprotocols: [String]
    ) async throws(Failure) -> WebSocket {
        try await EventLoop.current.suspend { continuation in
            Opening(url, through: client, subprotocols, WebSocketLimits(), nil) { continuation.resume(returning: $0) }
                .start(fields)
        }.get()
    }
}
