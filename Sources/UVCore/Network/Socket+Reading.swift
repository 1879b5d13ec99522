import CLibUV

extension Socket {
    /// Stops reading: the peer is held up by TCP's window once the system's buffers are full.
    public func pause() {
        isPaused = true
        updateReading()
    }

    /// Reads on. Without ``onData`` and ``onBytes`` what arrives is dropped from now on.
    public func resume() {
        isPaused = false
        isFlowing = true
        updateReading()
    }

    /// Starts or stops libuv's reading, whichever the callbacks and `pause` ask for.
    ///
    /// While nobody reads, one read is taken ahead, as in Node. So a socket that only writes notices the peer's end.
    func updateReading() {
        if readAhead != nil, hasReader, !isPaused { loop.nextTick { [self] in try deliverReadAhead() } }
        let wanted = readAhead == nil && !isPaused && !hasReadEnd && !isConnecting && !isDestroyed
        guard wanted != isReading, let stream else { return }
        isReading = wanted
        if wanted {
            uv_read_start(stream, ReadBuffer.allocate) { @Sendable stream, count, _ in
                guard let stream else { return }
                let handle = Handle.wrapper(of: stream)
                LoopActor.assumeIsolated { handle.owner(as: Socket.self)?.didRead(count) }
            }
        } else {
            uv_read_stop(stream)
        }
    }

    /// `uv_read_cb`: bytes in the loop's read buffer, the peer's end, or an error.
    private func didRead(_ count: Int) {
        if count > 0 {
            bytesRead += count
            loop.enter { try loop.readBuffer.withBytes(count) { try didReceive($0) } }
        } else if count == Int(UV_EOF.rawValue) {
            didReadEnd()
        } else if count < 0 {
            loop.enter { destroy(LoopError(code: Int32(count), call: "uv_read")) }
        }
    }

    private var hasReader: Bool { isFlowing || onData != nil || onBytes != nil }

    private func didReceive(_ bytes: RawSpan) throws {
        if hasReader { return try deliver(bytes) }
        readAhead = Self.array(of: bytes)
        updateReading()
    }

    private func deliverReadAhead() throws {
        guard let bytes = readAhead, hasReader, !isPaused, !isDestroyed else { return }
        readAhead = nil
        updateReading()
        try deliver(bytes.span.bytes)
    }

    private func deliver(_ bytes: RawSpan) throws {
        if let onBytes {
            try onBytes(bytes)
        } else if let onData {
            try onData(Self.array(of: bytes))
        }
    }

    private nonisolated static func array(of bytes: RawSpan) -> [UInt8] {
        [UInt8](copying: bytes)
    }

    private func didReadEnd() {
        hasReadEnd = true
        updateReading()
        loop.enter {
            defer {
                if !allowsHalfOpen { endWriting() }
                destroyIfEnded()
            }
            try onEnd?()
        }
    }
}
