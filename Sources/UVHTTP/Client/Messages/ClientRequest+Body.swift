import UVCore

extension ClientRequest {
    /// Sends a piece of the body: in a chunk, or as a part of the `Content-Length` that was set among the fields.
    ///
    /// - Returns: False when `Socket.highWaterMark` bytes or more wait: stop until ``onDrain``. Nothing is lost if you
    ///   do not.
    @discardableResult
    public func write(_ bytes: RawSpan) -> Bool {
        guard !isEnded, !isOver else { return false }
        if body == .open { body = .pieces(left: head.announcedLength) }
        guard let frame = body.frame(bytes) else {
            giveUp(.invalidRequest(.length))
            return false
        }
        pending += frame
        return push()
    }

    /// Sends a piece of the body. See ``write(_:)-(RawSpan)``.
    @discardableResult
    public func write(_ bytes: [UInt8]) -> Bool { write(bytes.span.bytes) }

    /// Sends a piece of the body as UTF-8. See ``write(_:)-(RawSpan)``.
    @discardableResult
    public func write(_ text: String) -> Bool { write(text.utf8Span.span.bytes) }

    /// Ends the request. Silent the second time.
    public func end() { end([]) }

    /// Ends the request with `text` as UTF-8; if nothing was written before, with its Content-Length.
    public func end(_ text: String) { end(Array(text.utf8)) }

    /// Ends the request with `bytes`; if nothing was written before, with their Content-Length.
    public func end(_ bytes: [UInt8]) {
        guard !isEnded, !isOver else { return }
        if body == .open {
            body = .whole(bytes)
            pending = bytes
        } else {
            write(bytes)
            guard let frame = body.end(trailers) else { return giveUp(.invalidRequest(.length)) }
            pending += frame
        }
        isEnded = true
        push()
    }

    /// Bytes of the body that wait, for a connection or for the server to take them.
    public var writableLength: Int { pending.count + (connection?.socket.writableLength ?? 0) }

    /// Sends what may be sent now. Returns whether the program may write more.
    @discardableResult
    func push() -> Bool {
        guard let connection, body != .open else { return holdUp(unless: pending.count < Self.highWaterMark) }
        connection.sendHead(of: self)
        guard connection.takesBody else { return holdUp(unless: pending.count < Self.highWaterMark) }
        let isBelowMark = pending.isEmpty || connection.sendBody(pending)
        pending = []
        if isEnded { connection.endRequest() }
        return holdUp(unless: isBelowMark)
    }

    private func holdUp(unless isBelowMark: Bool) -> Bool {
        if !isBelowMark { owesDrain = true }
        return isBelowMark
    }

    /// All that was written has been taken.
    func didDrain() throws {
        times.progress(at: client.loop.now)
        guard owesDrain, pending.isEmpty, !isEnded else { return }
        owesDrain = false
        try onDrain?()
    }

    private static let highWaterMark = 16_384
}
