extension IncomingMessage {
    /// Stops reading the body; the client is held up by TCP once `Socket.highWaterMark` bytes wait.
    public func pause() { exchange.handle(.paused) }

    /// Reads on. Without ``onData`` and ``onBytes`` the body is thrown away.
    public func resume() { exchange.handle(.resumed) }

    /// Answers 413 in place of the handler, which would find out only when it reads.
    func refuseBody() { exchange.state.connection?.fail(HTTPClientError(.bodyTooLarge)) }

    /// Why no reader can begin to read the body now; nil if one can.
    var unreadable: HTTPBodyError? {
        if exchange.state.value.body.isRead || exchange.state.value.body.isThrownAway
            || exchange.listeners.contains(.content)
        {
            return .alreadyRead
        }
        return isClosed ? .aborted : nil
    }
}
