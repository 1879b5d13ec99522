import UVCore
import UVCrypto

extension WebSocket {
    /// Sends a text message.
    ///
    /// - Returns: False when ``Socket/highWaterMark`` bytes or more wait: stop until ``onDrain``. A program that does not
    ///   stop loses nothing up to ``WebSocketLimits/outgoing``; beyond that the message is dropped with all that has not
    ///   begun to leave, and the connection is closed with ``CloseCode/slowConsumer``. False also when it is not open.
    @discardableResult
    public func send(_ text: String) -> Bool { send(.text, text.utf8) }

    /// Sends a binary message.
    ///
    /// - Returns: as ``send(_:)-(String)``.
    @discardableResult
    public func send(_ bytes: [UInt8]) -> Bool { send(.binary, bytes) }

    /// Sends a text message whose UTF-8 is at hand, such as encoded JSON.
    ///
    /// - Returns: as ``send(_:)-(String)``.
    @discardableResult
    public func send(json: [UInt8]) -> Bool { send(.text, json) }

    /// Sends a message of the same kind as one that came.
    ///
    /// - Returns: as ``send(_:)-(String)``.
    @discardableResult
    public func send(_ message: WebSocketMessage) -> Bool {
        send(message.kind == .text ? .text : .binary, message.bytes)
    }

    /// Asks the peer for a pong. At most 125 bytes of `payload` are sent. It counts towards
    /// ``WebSocketLimits/outgoing`` as messages do.
    public func ping(_ payload: [UInt8] = []) {
        guard readyState == .open else { return }
        write(.ping, Array(payload.prefix(FrameHeader.controlPayloadLimit)))
    }

    @discardableResult
    private func send(_ opcode: Opcode, _ payload: some Collection<UInt8>) -> Bool {
        guard readyState == .open else { return false }
        return write(opcode, payload)
    }

    @discardableResult
    func write(_ opcode: Opcode, _ payload: some Collection<UInt8>) -> Bool {
        guard let frame = frame(opcode, payload) else { return false }
        guard admits(frame.count, from: .program) else {
            closeAsSlow()
            return false
        }
        return write(frame: frame)
    }

    /// A frame goes behind what is collected for the peer, so that the order of messages holds.
    private func write(frame: [UInt8]) -> Bool {
        guard outbox.isEmpty else {
            outbox.append(frame, from: .program)
            let isBelowMark = bufferedAmount < socket.highWaterMark
            if !isBelowMark { socket.needsDrain = true }
            return isBelowMark
        }
        // A write after the end would break the connection.
        guard socket.isWritable else { return false }
        socket.cork()
        return socket.write(frame)
    }

    private func admits(_ count: Int, from source: Outbox.Source) -> Bool {
        let turn = membership?.hub.turn ?? 0
        if outbox.admits(count, behind: socket.writableLength, from: source, in: turn) { return true }
        // What the running callback has corked was not offered to the system yet.
        socket.uncork()
        return outbox.admits(count, behind: socket.writableLength, from: source, in: turn)
    }

    /// A frame as this end writes it: a client masks it with a key that no peer can predict. Nil, and the connection is
    /// ended, when the system has no such key.
    private func frame(_ opcode: Opcode, _ payload: some Collection<UInt8>) -> [UInt8]? {
        guard role == .client else { return FrameEncoder.encode(opcode, payload) }
        do throws(CryptoError) {
            return FrameEncoder.encode(opcode, payload, mask: try Mask.random())
        } catch {
            terminate()
            return nil
        }
    }
}

// MARK: - Collecting, for a hub

extension WebSocket {
    /// Keeps a message for the next `flushOutbox`: as the `shared` frame, or, if this end is a client, in a masked
    /// frame. False when it was not kept: then the peer is too slow, and is closed.
    func collect(_ opcode: Opcode, _ payload: some Collection<UInt8>, shared: [UInt8]) -> Bool {
        guard let frame = role == .server ? shared : frame(opcode, payload) else { return false }
        guard admits(frame.count, from: .hub) else {
            closeAsSlow()
            return false
        }
        outbox.append(frame, from: .hub)
        return true
    }

    /// Writes a portion of what was collected, as one. The rest goes in later iterations, each portion when the system
    /// has taken the one before it.
    func flushOutbox() {
        guard !outbox.isEmpty, socket.isWritable else { return }
        if socket.writableLength < Outbox.portion {
            socket.cork()
            outbox.handOver { frame in socket.write(frame) }
        }
        if !outbox.isEmpty { socket.needsDrain = true }
    }

    /// All that was handed over has been taken.
    func didDrain() {
        guard outbox.isEmpty else {
            socket.needsDrain = true
            return loop.atCheck { [self] in flushOutbox() }
        }
        if let payload = unansweredPing {
            unansweredPing = nil
            if readyState == .open { write(.pong, payload) }
        }
        if let onDrain { call(onDrain) }
    }

    /// Drops all frames that have not begun to leave, and closes with 3008 behind the one that has.
    private func closeAsSlow() {
        membership?.hub.didFindSlow()
        outbox.removeAll()
        socket.dropUnsent(from: firstFrame)
        close(.slowConsumer, reason: "Too many bytes are waiting for you")
    }
}

extension Mask {
    /// A key that no peer can predict. RFC 6455 section 5.3.
    static func random() throws(CryptoError) -> Mask {
        Mask(key: try Crypto.randomBytes(4).reduce(0) { $0 << 8 | UInt32($1) })
    }
}
