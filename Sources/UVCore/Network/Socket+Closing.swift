extension Socket {
    /// Closes the connection now; what waits to be written is dropped. Silent the second time.
    ///
    /// ``onError`` follows in a tick if `error` is given, ``onClose`` in the closing phase. Nothing else is called.
    public func destroy(_ error: LoopError? = nil) { destroy(error, resetting: false) }

    /// Closes the connection now, so that the peer gets a reset (`ECONNRESET`) and not the end. See `uv_tcp_close_reset`.
    public func resetAndDestroy() { destroy(nil, resetting: true) }

    private func destroy(_ error: LoopError?, resetting: Bool) {
        guard !isDestroyed else { return }
        if error == nil, !resetting { endLayer() }
        dropOutput()
        state.input.dropAhead()
        state.life = .destroyed
        attempts?.abandon()
        attempts = nil
        opening.take()?.fail(error)
        if let error { loop.nextTick { [self] in try onError?(error) } }
        if extras != nil { letExtrasGo(error) }
        close(hadError: error != nil, resetting: resetting)
        // Behind the error: a server that waits for its last connection is closed after that has told what broke it.
        server?.didLoseConnection()
        server = nil
    }

    private func close(hadError: Bool, resetting: Bool) {
        if let handle = state.handle, handle.isOpen {
            handle.close(resetting: resetting) { [self] in didClose(hadError: hadError) }
        } else if loop.isExiting {
            didClose(hadError: hadError)
        } else {
            loop.nextTick { [self] in didClose(hadError: hadError) }
        }
    }

    func loopWillEnd() { destroy() }

    private func didClose(hadError: Bool) {
        loop.enter(.close) { try onClose?(hadError) }
        // The program's closures usually hold the socket, which holds them.
        (onData, onBytes, onEnd, onDrain, onError, onClose) = (nil, nil, nil, nil, nil, nil)
        state.handle = nil
        state.layer = nil
        extras.take()?.didClose?()
    }

    /// Closes when both sides have ended.
    func destroyIfEnded() {
        if state.input.end == .announced, state.writableEnd == .finished { destroy() }
    }
}
