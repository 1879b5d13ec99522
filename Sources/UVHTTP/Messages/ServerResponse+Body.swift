import UVCore

extension ServerResponse {
    /// Sends a piece of the body, and the head before the first one.
    ///
    /// - Returns: False when `Socket.highWaterMark` bytes or more wait: stop until ``onDrain``. Nothing is lost if you
    ///   do not.
    @discardableResult
    public func write(_ bytes: RawSpan) -> Bool { exchange.write(bytes) }

    /// Sends a piece of the body, and the head before the first one.
    ///
    /// - Returns: False when `Socket.highWaterMark` bytes or more wait: stop until ``onDrain``. Nothing is lost if you
    ///   do not.
    @discardableResult
    public func write(_ bytes: [UInt8]) -> Bool { write(bytes.span.bytes) }

    /// Sends a piece of the body as UTF-8, and the head before the first one.
    ///
    /// - Returns: False when `Socket.highWaterMark` bytes or more wait: stop until ``onDrain``. Nothing is lost if you
    ///   do not.
    @discardableResult
    public func write(_ text: String) -> Bool { write(text.utf8.span.bytes) }

    /// Ends the response: the request is answered. Silent the second time, if it brings no bytes.
    public func end() { end([]) }

    /// Ends the response with `text` as UTF-8; if nothing was written before, with its Content-Length.
    public func end(_ text: String) { end(text.utf8.span.bytes) }

    /// Ends the response with `bytes`; if nothing was written before, with their Content-Length.
    public func end(_ bytes: [UInt8]) { end(bytes.span.bytes) }

    /// Ends the response with `bytes`; if nothing was written before, with their Content-Length.
    public func end(_ bytes: RawSpan) { exchange.end(bytes) }
}
