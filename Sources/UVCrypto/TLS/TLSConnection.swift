public import UVCore

/// TLS on one socket: the `SocketLayer` that a ``TLSContext`` makes.
@LoopActor
public final class TLSConnection: SocketLayer {
    private enum Phase {
        case handshaking, open
        /// Nothing is read or written any more.
        case over
    }

    private let handle: SSLHandle
    private var phase = Phase.handshaking
    public let handshakeTimeout: Duration

    init(_ handle: SSLHandle, _ configuration: TLSConfiguration) {
        self.handle = handle
        handshakeTimeout = configuration.handshakeTimeout
    }

    public var isOpen: Bool { phase == .open }

    public func open() -> SocketLayerStep {
        handle.offerSession()
        return step(after: handle.shakeHands())
    }

    public func receive(_ bytes: RawSpan, into content: inout OutputSpan<UInt8>) -> SocketLayerStep {
        if phase == .over { return .goesOn }
        let outcome = handle.lend(bytes) {
            if phase == .handshaking {
                let outcome = handle.shakeHands()
                guard case .done = outcome else { return outcome }
                phase = .open
            }
            return handle.read(into: &content)
        }
        return step(after: outcome)
    }

    private func step(after outcome: SSLHandle.Outcome) -> SocketLayerStep {
        switch outcome {
        case .done, .waits: return .goesOn
        case .ended: return .ended
        case .failed(let error):
            phase = .over
            return .failed(error)
        }
    }

    public func send(_ content: RawSpan) throws(LoopError) -> Int {
        let (taken, outcome) = handle.write(content)
        if case .failed(let error) = outcome {
            phase = .over
            throw error
        }
        return taken
    }

    public func end() -> Bool { isOpen && handle.shutDown() }

    public var outputLength: Int { handle.outputLength }

    public func takeOutput() -> [UInt8] { handle.takeOutput() }
}

// MARK: - What was agreed

extension TLSConnection {
    /// The version of the protocol, such as `TLSv1.3`.
    public var version: String { handle.version }

    /// The cipher, by OpenSSL's name.
    public var cipher: String { handle.cipher }

    /// Whether a session went on that was agreed before.
    public var isResumed: Bool { handle.isResumed }

    /// The name by which the client has asked for the server (SNI).
    public var serverName: String? { handle.serverName }

    /// The protocol inside that both ends know (ALPN).
    public var applicationProtocol: String? { handle.applicationProtocol }
}
