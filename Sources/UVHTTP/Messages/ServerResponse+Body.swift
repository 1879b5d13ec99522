import UVCore

extension ServerResponse {
    /// Sends a piece of the body, and the head before the first one.
    ///
    /// - Returns: False when ``Socket/highWaterMark`` bytes or more wait: stop until ``onDrain``. Nothing is lost if you
    ///   do not.
    @discardableResult
    public func write(_ bytes: RawSpan) -> Bool {
        if isEnded { misuse("write") }
        guard !isEnded, answer.isOwed else { return false }
        sendHead()
        let isBelowMark = sendBody(bytes)
        if !isBelowMark { exchange.state.value.answer.holdUp() }
        return isBelowMark
    }

    /// Sends a piece of the body, and the head before the first one.
    ///
    /// - Returns: False when ``Socket/highWaterMark`` bytes or more wait: stop until ``onDrain``. Nothing is lost if you
    ///   do not.
    @discardableResult
    public func write(_ bytes: [UInt8]) -> Bool { write(bytes.span.bytes) }

    /// Sends a piece of the body as UTF-8, and the head before the first one.
    ///
    /// - Returns: False when ``Socket/highWaterMark`` bytes or more wait: stop until ``onDrain``. Nothing is lost if you
    ///   do not.
    @discardableResult
    public func write(_ text: String) -> Bool { write(text.utf8Span.span.bytes) }

    /// Ends the response: the request is answered. Silent the second time, if it brings no bytes.
    public func end() { end([]) }

    /// Ends the response with `text` as UTF-8; if nothing was written before, with its Content-Length.
    public func end(_ text: String) { end(text.utf8Span.span.bytes) }

    /// Ends the response with `bytes`; if nothing was written before, with their Content-Length.
    public func end(_ bytes: [UInt8]) { end(bytes.span.bytes) }

    /// Ends the response with `bytes`; if nothing was written before, with their Content-Length.
    public func end(_ bytes: RawSpan) {
        guard !isEnded else { return bytes.isEmpty ? () : misuse("end") }
        if !headersSent { hot.head.contentLength = bytes.byteCount }
        if !sendHead(with: bytes), !bytes.isEmpty { sendBody(bytes) }
        if exchange.state.value.answer.end() { sendLastChunk() }
        connection?.didEnd(self)
    }

    private func sendLastChunk() {
        var frame: [UInt8] = []
        ChunkedEncoder.appendEnd(trailers: trailers, to: &frame)
        send(frame.span.bytes)
    }

    @discardableResult
    private func sendBody(_ bytes: RawSpan) -> Bool {
        switch exchange.state.value.answer.write(bytes.byteCount) {
        case .nothing:
            return true
        case .plain(let count):
            return send(bytes.extracting(first: count))
        case .chunk:
            var frame: [UInt8] = []
            ChunkedEncoder.appendSizeLine(for: bytes.byteCount, to: &frame)
            send(frame.span.bytes)
            send(bytes)
            return send(Self.lineEnd.span.bytes)
        }
    }

    private static let lineEnd: [UInt8] = [13, 10]

    @discardableResult
    func send(_ bytes: RawSpan) -> Bool {
        guard let connection else { return false }
        if answer.place == .current { return connection.send(bytes) }
        hot.waiting.append(copying: bytes)
        return hot.waiting.count < connection.highWaterMark
    }

    /// Sends what `write` writes, `room` bytes at most.
    func send(room: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        guard answer.place != .current else { return _ = connection?.send(room: room, write) }
        var bytes: [UInt8] = []
        bytes.append(room: room, write)
        send(bytes.span.bytes)
    }
}
