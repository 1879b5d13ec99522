import UVCore
import UVCrypto

extension WebSocket {
    /// Sends a text message.
    ///
    /// - Returns: False when `Socket.highWaterMark` bytes or more wait: stop until ``onDrain``. A program that does not
    ///   stop loses nothing up to ``WebSocketLimits/outgoing``; beyond that the message is dropped with all that has not
    ///   begun to leave, and the connection is closed with ``CloseCode/slowConsumer``. False also when it is not open.
    @discardableResult
    public func send(_ text: String) -> Bool { send(.text, text.utf8Span.span.bytes) }

    /// Sends a binary message.
    ///
    /// - Returns: as ``send(_:)-(String)``.
    @discardableResult
    public func send(_ bytes: [UInt8]) -> Bool { send(.binary, bytes.span.bytes) }

    /// Sends a text message whose UTF-8 is at hand, such as encoded JSON.
    ///
    /// - Returns: as ``send(_:)-(String)``.
    @discardableResult
    public func send(json: [UInt8]) -> Bool { send(.text, json.span.bytes) }

    /// Sends a message, such as one that came.
    ///
    /// - Returns: as ``send(_:)-(String)``.
    @discardableResult
    public func send(_ message: WebSocketMessage) -> Bool { send(message.opcode, message.bytes.span.bytes) }

    /// Asks the peer for a pong. At most 125 bytes of `payload` are sent. It counts towards
    /// ``WebSocketLimits/outgoing`` as messages do.
    public func ping(_ payload: [UInt8] = []) {
        send(.ping, payload.span.bytes.extracting(first: FrameHeader.controlPayloadLimit))
    }

    @discardableResult
    private func send(_ opcode: Opcode, _ payload: RawSpan) -> Bool {
        guard state.isOpen else { return false }
        owner?.settle()
        guard let deflater = state.assembler.deflate?.deflater, !opcode.isControl,
            deflater.shared.suits(payload.byteCount)
        else { return write(opcode, payload) }
        return deflater.deflate(payload) { payload, isCompressed in
            write(opcode, payload, isCompressed: isCompressed)
        }
    }

    /// Sends a frame, behind what is collected for the peer, so that the order of messages holds. A client's peer that
    /// cannot be sent one, since the system has no key to mask it with, is left.
    @discardableResult
    func write(_ opcode: Opcode, _ payload: RawSpan, isCompressed: Bool = false) -> Bool {
        guard var header = header(opcode, payload.byteCount) else { return false }
        header.rsv1 = isCompressed
        guard admits(header.frameLength, from: .program) else {
            closeAsSlow()
            return false
        }
        guard state.outbox.isEmpty else {
            state.outbox.append(FrameEncoder.encode(header, payload), from: .program)
            let isBelowMark = socket.writableLength + state.outbox.length < socket.highWaterMark
            if !isBelowMark { socket.needsDrain = true }
            return isBelowMark
        }
        // A write after the end would break the connection.
        return socket.isWritable && write(header, payload)
    }

    /// What a frame begins with. A client masks it with a key that no peer can predict; nil, and the connection is ended,
    /// when the system has no such key.
    private func header(_ opcode: Opcode, _ length: Int) -> FrameHeader? {
        guard role == .client else { return FrameHeader(opcode: opcode, payloadLength: length) }
        do throws(CryptoError) {
            return FrameHeader(opcode: opcode, payloadLength: length, mask: try Mask.random())
        } catch {
            terminate()
            return nil
        }
    }

    /// Writes a frame: corked, head and payload leave as one.
    private func write(_ header: FrameHeader, _ payload: RawSpan) -> Bool {
        socket.cork()
        guard header.mask == nil else { return socket.write(FrameEncoder.encode(header, payload)) }
        let head = FrameHead(header)
        return socket.write(room: header.frameLength) { output in
            output.append(copying: head.bytes.span.bytes.extracting(first: head.count))
            output.append(copying: payload)
        }
    }

    private func admits(_ count: Int, from source: Outbox.Source) -> Bool {
        if state.outbox.admits(count, behind: socket.writableLength, from: source) { return true }
        // What the running callback has corked was not offered to the system yet.
        socket.uncork()
        return state.outbox.admits(count, behind: socket.writableLength, from: source)
    }
}

// MARK: - Collecting, for an owner

extension WebSocket {
    /// Keeps messages until the turn's end: as `frames`, or, if this end is a client, in masked ones. False when they were
    /// not kept: then the peer is too slow, and is closed.
    func collect(_ messages: [WebSocketMessage], as frames: [UInt8]) -> Bool {
        guard role == .client else { return collect(frames) }
        return messages.allSatisfy { message in
            guard let header = header(message.opcode, message.bytes.count) else { return false }
            return collect(FrameEncoder.encode(header, message.bytes.span.bytes))
        }
    }

    private func collect(_ frames: [UInt8]) -> Bool {
        guard admits(frames.count, from: .hub) else {
            closeAsSlow()
            return false
        }
        state.outbox.append(frames, from: .hub)
        return true
    }

    /// The owner's turn is over: what it has brought leaves, unless a rest of earlier turns is on its way and takes it
    /// along.
    func endTurn() {
        state.outbox.endTurn()
        if !state.outbox.hasRest { flushOutbox() }
    }

    /// Writes a portion of what was collected, as one. The rest goes in later iterations, each portion when the system
    /// has taken the one before it.
    private func flushOutbox() {
        guard !state.outbox.isEmpty, socket.isWritable else { return }
        if socket.writableLength < Outbox.portion {
            socket.cork()
            state.outbox.handOver { frames in socket.write(frames) }
        } else {
            state.outbox.hasRest = true
        }
        if state.outbox.hasRest { socket.needsDrain = true }
    }

    /// All that was handed over has been taken.
    func didDrain() {
        guard state.outbox.isEmpty else {
            socket.needsDrain = true
            return loop.atCheck { [self] in flushOutbox() }
        }
        if let payload = extras?.unansweredPing.take(), state.isOpen { write(.pong, payload.span.bytes) }
        if let onDrain { call(onDrain) }
    }

    /// Drops all frames that have not begun to leave, and closes with 3008 behind the one that has.
    private func closeAsSlow() {
        owner?.didFallBehind()
        state.outbox.removeAll()
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
