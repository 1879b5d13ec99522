import CLibUV

/// The end of this side.
extension Socket {
    /// Ends this side if the program has asked for that and all is sent. Most have not: they are told by one look.
    @inline(__always)
    func endIfRequested() {
        if state.writableEnd == .requested { endWhenSent() }
    }

    private func endWhenSent() {
        guard writableLength == 0, state.corking != .corked, state.life == .open, let stream else { return }
        // It comes here again when that is sent, or when the layer has received what it waits for. A peer that has ended
        // within a message does not get the layer's word.
        if let layer = state.layer, layer.end() {
            if layer.outputLength > 0 { return sendOutput(of: layer, content: 0) }
            if waitsToOfferAgain() { return }
        }
        state.writableEnd = .sent
        if loop.state.phase == .poll { return loop.atCheck { [self] in shutDown() } }
        do throws(LoopError) {
            try Request.start(UV_SHUTDOWN, "uv_shutdown") { raw in
                uv_shutdown(raw.assumingMemoryBound(to: uv_shutdown_t.self), stream) { @Sendable request, status in
                    Request.finish(request, status)
                }
            } done: { [self] _, _ in
                // A failure means that the peer is gone, which reading reports.
                loop.enter(.shutdown) { didShutDown() }
            }
        } catch {
            destroy(error)
        }
    }

    /// What `uv_shutdown` does when nothing is left to write. From 1.46 on libuv does it between the poll and the check
    /// phase, as this does; 1.44 puts it off until the next iteration, and `onClose` would come after that one's
    /// immediates.
    private func shutDown() {
        guard let handle = state.handle, handle.isOpen else { return }
        var descriptor: uv_os_fd_t = -1
        if uv_fileno(handle.raw, &descriptor) == 0 { shutdown(descriptor, Int32(SHUT_WR)) }
        didShutDown()
    }

    private func didShutDown() {
        guard !isDestroyed else { return }
        state.writableEnd = .finished
        if state.owed.contains(.callbacks) { callEnds(nil) }
        destroyIfEnded()
    }
}
