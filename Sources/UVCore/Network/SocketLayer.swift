/// What lies between a socket and the network, such as TLS: it turns what the program writes into what the network
/// carries, and back. It owns no socket and no clock; ``Socket`` calls it and carries what it makes.
///
/// ```
///   program            Socket                layer                 network
///   write ───────────► send ───────────────► output ─────────────► uv_try_write
///   onBytes ◄───────── content ◄──────────── receive ◄──────────── uv_read_cb
///   end ─────────────► end ────────────────► output, then uv_shutdown
///   onEnd ◄─────────── .ended                 (an end that the layer was not told of breaks the connection)
/// ```
@LoopActor
public protocol SocketLayer: AnyObject {
    /// Whether the handshake is finished, so that content may pass.
    var isOpen: Bool { get }

    /// How long the handshake may take.
    var handshakeTimeout: Duration { get }

    /// Begins the handshake; a client has something to say first.
    func open() -> SocketLayerStep

    /// Takes what the network has brought, and appends what there is in it for the program to `content`, which has room
    /// for ``Socket/layerBacklog`` bytes more than `bytes` has.
    func receive(_ bytes: RawSpan, into content: inout OutputSpan<UInt8>) -> SocketLayerStep

    /// Takes what the program has written, from its beginning on. It is open, and has not ended.
    ///
    /// - Returns: How many bytes it has taken: fewer than there are only where it has to receive something before it can
    ///   take more. The rest is offered again then.
    func send(_ content: RawSpan) throws(LoopError) -> Int

    /// Says that this side has ended.
    ///
    /// - Returns: False when it has said so before, or has nothing to say. True without any output where it has to receive
    ///   something before it can say so: it is asked again then.
    func end() -> Bool

    /// Bytes that it has for the network.
    var outputLength: Int { get }

    /// Hands its bytes for the network over.
    func takeOutput() -> [UInt8]
}

/// How a ``SocketLayer`` goes on.
public enum SocketLayerStep: Sendable {
    /// The connection lives on, and more bytes may come.
    case goesOn
    /// The peer has said that its side has ended.
    case ended
    /// The connection is of no use any more. What the layer has for the network is still sent.
    case failed(LoopError)
}

/// Makes the layers of a server's or a client's connections. `TLSContext` of UVCrypto is one.
@LoopActor
public protocol SocketSecurity: AnyObject {
    /// The layer of a connection that a server has accepted.
    func layerForServer() throws(LoopError) -> any SocketLayer

    /// The layer of a connection that is opened.
    ///
    /// - Parameters:
    ///   - host: The name, or the address in numbers, that the peer has to prove to have.
    ///   - port: With `host` it tells the servers apart with which something was agreed before.
    func layerForClient(of host: String, port: Int) throws(LoopError) -> any SocketLayer

    /// The layer of a connection that is opened to the socket at `path`. Without an implementation it is that of port 0.
    ///
    /// - Parameters:
    ///   - host: The name that the peer has to prove to have.
    ///   - path: With `host` it tells the servers apart.
    func layerForClient(of host: String, path: String) throws(LoopError) -> any SocketLayer

    /// How many handshakes of a server may be unfinished. One more ends the oldest of them.
    var handshakeLimit: Int { get }

    /// The time that a server's handshakes have together in a turn of the loop.
    var handshakeTimePerTurn: Duration { get }
}

extension SocketSecurity {
    public func layerForClient(of host: String, path: String) throws(LoopError) -> any SocketLayer {
        try layerForClient(of: host, port: 0)
    }
}
