import CLibUV

extension Socket {
    /// Stops handing on what arrives, from the next read on.
    ///
    /// Reading goes on until 16 KiB wait, so the peer's end and a reset are heard if nothing was sent before them that
    /// is unread; then the peer is held up by TCP's window, once the system's buffers are full.
    public func pause() { state.input.flow = .paused }

    /// Hands on what has arrived and what arrives, from the next tick on. Without ``onData`` and ``onBytes`` that is
    /// dropped.
    public func resume() {
        state.input.flow = .flowing
        startReading()
    }

    /// Lets what no reader was ever set for be dropped, so that the end is reached.
    func dropUnread() {
        if state.input.flow == .none, state.onData == nil, state.onBytes == nil { resume() }
    }

    /// A reader was set, or taken away.
    func readerChanged() {
        if state.input.flow != .paused, state.onData != nil || state.onBytes != nil { startReading() }
    }

    /// Reading is asked for: at once, or when the connection is open.
    func startReading() {
        if state.input.reading == .notAsked { state.input.reading = .stopped }
        if !state.input.ahead.isEmpty { loop.nextTick { [self] in try deliverAhead() } }
        updateReading()
    }

    /// Starts or stops libuv's reading, whichever is due.
    func updateReading() {
        let isRunning = state.input.reading == .running
        let wanted =
            state.input.wantsMore(layerWaits: state.owed.contains(.offer)) && state.life != .connecting && !isDestroyed
        guard wanted != isRunning, let stream else { return }
        if wanted {
            state.input.reading = .running
            uv_read_start(stream, ReadBuffer.allocate, idleTime == nil ? Self.didRead : Self.didReadTimed)
        } else {
            stopReading()
        }
    }

    /// Stops libuv's reading, until ``updateReading()`` finds that more is wanted.
    func stopReading() {
        guard let stream else { return }
        state.input.reading = .stopped
        uv_read_stop(stream)
    }

    private static let didRead: uv_read_cb = { @Sendable stream, count, _ in
        Handle.withOwner(of: stream, as: Socket.self) { $0.didRead(count) }
    }

    /// The same for a socket whose time without traffic counts, so that no other has to ask.
    private static let didReadTimed: uv_read_cb = { @Sendable stream, count, _ in
        Handle.withOwner(of: stream, as: Socket.self) { socket in
            if count > 0 { socket.didMove() }
            socket.didRead(count)
        }
    }

    /// Goes on with the callback that is now the right one.
    func restartReading() {
        guard state.input.reading == .running else { return }
        stopReading()
        updateReading()
    }

    /// `uv_read_cb`: bytes in the loop's read buffer, the peer's end, or an error.
    private func didRead(_ count: Int) {
        if count > 0 {
            if let layer = state.layer { return loop.readBuffer.withBytes(count) { receive($0, through: layer) } }
            state.bytesRead += count
            loop.enter(.read) { try loop.readBuffer.withBytes(count) { try didReceive($0) } }
        } else if count == Int(UV_EOF.rawValue) {
            if state.layer != nil { return didReceiveUnannouncedEnd() }
            state.input.end = .received
            updateReading()
            loop.enter(.read) { announceEndIfDelivered() }
        } else if count < 0 {
            failOrDestroy(LoopError(code: Int32(count), call: "uv_read"))
        }
    }

    /// Whether what arrives is handed on now, or dropped.
    private var isFlowing: Bool {
        switch state.input.flow {
        case .flowing: true
        case .none: state.onData != nil || state.onBytes != nil
        case .paused: false
        }
    }

    @inline(__always)
    func didReceive(_ bytes: RawSpan) throws {
        if isFlowing, state.input.ahead.isEmpty { return try deliver(bytes) }
        state.input.keep(bytes)
        updateReading()
        // A callback that has failed on what came before has left the rest behind.
        if isFlowing { loop.nextTick { [self] in try deliverAhead() } }
    }

    /// Hands on what was read ahead, until it is used up or the program pauses.
    private func deliverAhead() throws {
        while isFlowing, !isDestroyed, let bytes = state.input.takeFirst() {
            updateReading()
            announceEndIfDelivered()
            try deliver(bytes.span.bytes)
        }
    }

    @inline(__always)
    private func deliver(_ bytes: RawSpan) throws {
        if let onBytes = state.onBytes {
            try onBytes(bytes)
        } else if let onData = state.onData {
            try onData([UInt8](copying: bytes))
        }
    }
}

// MARK: - The peer's end

extension Socket {
    /// Tells the program of the end, in a tick, when all before it was delivered.
    func announceEndIfDelivered() {
        guard state.input.ahead.isEmpty else { return }
        switch state.input.end {
        case .open, .announced: break
        case .received: loop.nextTick { [self] in try announceEnd() }
        case .torn: loop.nextTick { [self] in breakAtEnd() }
        }
    }

    private func announceEnd() throws {
        guard state.input.end == .received, state.input.ahead.isEmpty, !isDestroyed else { return }
        state.input.end = .announced
        defer { endWithPeer() }
        extras?.reader?.finish(.success(nil))
        try onEnd?()
    }

    /// What the peer's end means for this side.
    private func endWithPeer() {
        if isWritable {
            guard !allowsHalfOpen else { return }
            // In a tick of its own: until then what the end has called for is still sent.
            return loop.nextTick { [self] in endWriting() }
        }
        // Nothing waits, so closing sends the end that `uv_shutdown` may not have sent yet.
        guard writableLength == 0 else { return }
        if state.owed.contains(.callbacks) { callEnds(nil) }
        destroy()
    }
}
