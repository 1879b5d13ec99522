extension Socket: ByteSource {
    /// Hands on what arrives; the peer's end is the end. See ``ByteSource``.
    public func hand(to receiver: ByteReceiver) {
        if isDestroyed || state.input.end == .announced {
            let error = isDestroyed ? LoopError.notConnected("pipe") : nil
            return loop.nextTick { try receiver.onEnd(error) }
        }
        var (hasEnded, failure) = (false, LoopError?.none)
        onBytes = { bytes in try receiver.onBytes(bytes) }
        onEnd = { [self, onEnd] in
            hasEnded = true
            loop.attempt { try onEnd?() }
            try receiver.onEnd(nil)
        }
        onError = { [onError] error in
            failure = error
            try onError?(error)
        }
        onClose = { [self, onClose] hadError in
            loop.attempt { try onClose?(hadError) }
            guard !hasEnded else { return }
            try receiver.onEnd(
                failure ?? LoopError(.endOfStream, call: "pipe", reason: "the source has closed before its end"))
        }
        resume()
    }

    /// Destroys it, with the error if it is one of the loop's.
    public func abandon(_ error: any Error) {
        destroy((error as? LoopError) ?? .cancelled("pipe"))
    }
}

extension Socket: ByteSink {
    /// See ``ByteSink``.
    public func report(to writer: ByteWriter) {
        guard isWritable else { return loop.nextTick { try writer.onClose(nil) } }
        var failure: LoopError?
        onDrain = { [self, onDrain] in
            loop.attempt { try onDrain?() }
            try writer.onDrain()
        }
        onError = { [onError] error in
            failure = error
            try onError?(error)
        }
        onClose = { [self, onClose] hadError in
            loop.attempt { try onClose?(hadError) }
            try writer.onClose(failure)
        }
    }

    /// Ends this side; see ``end(_:)-((LoopError?)->Void)``.
    public func finish(_ done: @escaping ((any Error)?) throws -> Void) {
        end { (error: LoopError?) in try done(error) }
    }
}
