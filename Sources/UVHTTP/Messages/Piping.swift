public import UVCore

extension ReadableMessage {
    fileprivate func handBody(to receiver: ByteReceiver) {
        if let reason = unreadable { return EventLoop.current.nextTick { try receiver.onEnd(reason) } }
        onEnd = { [onEnd] in
            try onEnd?()
            try receiver.onEnd(nil)
        }
        onError = { [onError] error in
            try onError?(error)
            try receiver.onEnd(error)
        }
        onBytes = { bytes in try receiver.onBytes(bytes) }
        resume()
    }
}

extension IncomingMessage: ByteSource {
    /// Hands on the body as it arrives. One that ends before it is whole is an ``HTTPBodyError``.
    public func hand(to receiver: ByteReceiver) { handBody(to: receiver) }

    /// The rest of the body is not wanted.
    public func abandon(_ error: any Error) { giveUp() }
}

extension ClientResponse: ByteSource {
    /// Hands on the body as it arrives. One that ends before it is whole is an ``HTTPBodyError``.
    public func hand(to receiver: ByteReceiver) { handBody(to: receiver) }

    /// The rest of the body is not wanted.
    public func abandon(_ error: any Error) { giveUp() }
}

extension ServerResponse: ByteSink {
    /// See `ByteSink` of UVCore.
    public func report(to writer: ByteWriter) {
        onDrain = { [onDrain] in
            try onDrain?()
            try writer.onDrain()
        }
        onClose = { [onClose] in
            try onClose?()
            try writer.onClose(nil)
        }
    }

    /// Ends the answer, and waits until the system has it.
    public func finish(_ done: @escaping ((any Error)?) throws -> Void) {
        onFinish = { [onFinish] in
            try onFinish?()
            try done(nil)
        }
        end()
    }

    /// Answers 500 if nothing was sent yet, otherwise ends the connection: an answer that is cut off must not look whole.
    public func abandon(_ error: any Error) { fail() }
}

extension ClientRequest: ByteSink {
    /// See `ByteSink` of UVCore.
    public func report(to writer: ByteWriter) {
        onDrain = { [onDrain] in
            try onDrain?()
            try writer.onDrain()
        }
        guard !isOver, !isEnded else { return EventLoop.current.nextTick { try writer.onClose(nil) } }
        bodyWriter = writer
    }

    /// Ends the request. What the server says to it is told by the request's own callbacks.
    public func finish(_ done: @escaping ((any Error)?) throws -> Void) {
        bodyWriter = nil
        end()
        EventLoop.current.nextTick { try done(nil) }
    }

    /// Gives the request up.
    public func abandon(_ error: any Error) { abort() }
}
