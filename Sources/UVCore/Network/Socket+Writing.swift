import CLibUV

/// The way out: try at once, and hand the rest to one `uv_write`.
///
/// ```
/// write ──► uv_try_write ── all taken: nothing is kept
///    │            └─ some: the rest ─► output ─► uv_write ─► done ─► more output? again : onDrain, end
///    └─ corked, or a uv_write is under way ──► output
/// ```
extension Socket {
    /// Sends `bytes` after all that was written before. A write after ``end()`` breaks the connection, with `EPIPE`: a
    /// program that has lost count of its own end would lose the bytes in silence. After ``destroy(_:)`` it does nothing.
    ///
    /// - Returns: False when ``highWaterMark`` bytes or more wait: stop until ``onDrain``. Nothing is lost if you do not.
    @discardableResult
    public func write(_ bytes: RawSpan) -> Bool {
        guard isWritable else { return refuseWrite() }
        if state.corking == .corked || state.life != .open || writableLength > 0 {
            append(bytes)
        } else if !bytes.isEmpty {
            send(bytes)
        }
        return mayGoOn()
    }

    /// Sends what `fill` writes, `room` bytes at most, after all that was written before. It is written where the system
    /// takes it from, so it is copied once less.
    ///
    /// - Parameter fill: It does nothing to a socket.
    /// - Returns: as ``write(_:)-(RawSpan)``.
    @discardableResult
    package func write(room: Int, _ fill: (inout OutputSpan<UInt8>) -> Void) -> Bool {
        guard isWritable else { return refuseWrite() }
        // Taken out meanwhile, which counts no reference.
        let output = state.output.take() ?? loop.state.outputBuffers.take()
        output.append(room: room, fill)
        state.output = consume output
        if state.corking != .corked { sendOutput() }
        return mayGoOn()
    }

    /// Whether the program may write more. As in Node, what the system takes at once never waited.
    @inline(__always)
    private func mayGoOn() -> Bool {
        if isDestroyed { return false }
        let isBelowMark = writableLength < highWaterMark || writableLength == 0
        if !isBelowMark { state.owed.insert(.drain) }
        return isBelowMark
    }

    /// Sends `bytes` after all that was written before.
    ///
    /// - Returns: False when ``highWaterMark`` bytes or more wait: stop until ``onDrain``. Nothing is lost if you do not.
    @discardableResult
    public func write(_ bytes: [UInt8]) -> Bool { write(bytes.span.bytes) }

    /// Sends `text` as UTF-8 after all that was written before.
    ///
    /// - Returns: False when ``highWaterMark`` bytes or more wait: stop until ``onDrain``. Nothing is lost if you do not.
    @discardableResult
    public func write(_ text: String) -> Bool { write(text.utf8Span.span.bytes) }

    /// Ends this side once all that was written is sent. Silent the second time; a later write breaks the connection.
    /// See `uv_shutdown`.
    public func end() { endWriting() }

    /// Writes `bytes`, then ends this side.
    public func end(_ bytes: [UInt8]) {
        write(bytes)
        endWriting()
    }

    /// Writes `text`, then ends this side.
    public func end(_ text: String) {
        write(text)
        endWriting()
    }

    private func refuseWrite() -> Bool {
        destroy(LoopError(.brokenPipe, call: "write after end"))
        return false
    }

    /// Collects what the running callback writes, and sends it as one when its queues have drained.
    public func cork() {
        guard state.corking != .corked, !isDestroyed else { return }
        if state.corking == .none {
            loop.state.corked.append(self)
            loop.requestCheckOutsideScopes()
        }
        state.corking = .corked
    }

    /// Offers the system at once what is corked. What the callback writes later goes out as always.
    package func uncork() {
        guard state.corking == .corked else { return }
        state.corking = .letGo
        sendOutput()
        endIfRequested()
    }

    /// Bytes accepted and not yet taken by the system.
    public var writableLength: Int { (state.output?.count ?? 0) + state.bytesInFlight }

    /// Bytes that the system has taken so far: what a peer that reads makes grow.
    public var bytesWritten: Int {
        guard state.bytesInFlight > 0, let stream else { return state.bytesTaken }
        return state.bytesTaken + max(state.contentInFlight - uv_stream_get_write_queue_size(stream), 0)
    }

    /// Ends the corking and sends what has collected: for the loop, which has taken the socket from its list.
    func flush() {
        state.corking = .none
        sendOutput()
        endIfRequested()
    }

    func endWriting() {
        guard state.writableEnd == .open, !isDestroyed else { return }
        state.writableEnd = .requested
        endIfRequested()
    }

    /// All bytes accepted so far, less those that were dropped: where in the stream the next write begins.
    package var writePosition: Int { state.bytesTaken + state.contentInFlight + (state.output?.count ?? 0) }

    /// Drops what was written from `position` in the stream on and has not begun to leave. What is under way is sent
    /// whole, so a protocol whose units are each written by one call goes on at the beginning of one.
    package func dropUnsent(from position: Int = 0) {
        guard let output = state.output else { return }
        let kept = position - state.bytesTaken - state.contentInFlight
        if state.owed.contains(.callbacks) { extras?.failWrites(beyond: position, .cancelled("uv_write"), on: loop) }
        if kept > 0 { return output.truncate(to: kept) }
        loop.state.outputBuffers.put(output)
        state.output = nil
    }

    func dropOutput() {
        state.bytesTaken = bytesWritten
        state.owed = []
        dropUnsent()
    }

    // MARK: Sending

    func append(_ bytes: RawSpan) {
        prepareOutput()
        state.output?.append(bytes)
    }

    /// Sees to it that there is a buffer to collect what is written.
    private func prepareOutput() {
        if state.output == nil { state.output = loop.state.outputBuffers.take() }
    }

    /// Sends `bytes` from where they lie, and keeps what the system does not take.
    private func send(_ bytes: RawSpan) {
        if let layer = state.layer { return send(bytes, through: layer) }
        guard let taken = bytes.withUnsafeBytes({ tryWrite($0) }) else { return }
        state.bytesTaken += taken
        if taken == bytes.byteCount { return didDrain() }
        append(bytes.extracting(droppingFirst: taken))
        startRequest()
    }

    /// - Parameter isFirst: Whether it is what was written before the connection was open.
    func sendOutput(isFirst: Bool = false) {
        let isEmpty = state.output?.isEmpty ?? true
        guard !isEmpty, state.bytesInFlight == 0, isFirst || state.life == .open else { return }
        if let layer = state.layer { return sendOutput(through: layer) }
        guard let output = state.output.take() else { return }
        guard let taken = output.withBuffer(from: 0, { tryWrite(&$0) }) else { return }
        state.bytesTaken += taken
        if taken < output.count {
            return startRequest(output, from: taken, content: output.count - taken)
        }
        didDrain()
        loop.state.outputBuffers.put(output)
    }

    func tryWrite(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var buffer = Self.buffer(of: bytes)
        return tryWrite(&buffer)
    }

    private static func buffer(of bytes: UnsafeRawBufferPointer) -> uv_buf_t {
        uv_buf_t(
            base: UnsafeMutablePointer(mutating: bytes.assumingMemoryBound(to: CChar.self).baseAddress),
            len: bytes.count)
    }

    /// Sends `bytes` if the system takes them at once. An error of it breaks nothing.
    func sayLast(_ bytes: [UInt8]) {
        guard let stream else { return }
        bytes.withUnsafeBytes { bytes in
            var buffer = Self.buffer(of: bytes)
            uv_try_write(stream, &buffer, 1)
        }
    }

    /// How much the system has taken, or nil when the connection has broken.
    private func tryWrite(_ buffer: inout uv_buf_t) -> Int? {
        guard let stream else { return nil }
        let status = uv_try_write(stream, &buffer, 1)
        if status >= 0 { return Int(status) }
        if status == UV_EAGAIN.rawValue { return 0 }
        breakOff(LoopError(code: status, call: "uv_try_write"))
        return nil
    }

    /// Hands what was collected on to libuv.
    private func startRequest() {
        guard let output = state.output.take() else { return }
        startRequest(output, from: 0, content: output.count)
    }

    /// Hands `output` from `offset` on to libuv. The request owns the buffer from here on.
    ///
    /// - Parameter content: How many bytes of the program's are in it.
    func startRequest(_ output: OutputBuffer, from offset: Int, content: Int) {
        guard let stream else { return }
        state.bytesInFlight = output.count - offset
        state.contentInFlight = content
        do throws(LoopError) {
            try Request.start(UV_WRITE, "uv_write") { raw in
                output.withBuffer(from: offset) { buffer in
                    uv_write(raw.assumingMemoryBound(to: uv_write_t.self), stream, &buffer, 1) {
                        @Sendable request, status in Request.finish(request, status)
                    }
                }
            } done: { [self] _, status in
                didWrite(output, status)
            }
            if state.owed.contains(.refresh) { didMove() }
        } catch {
            breakOff(error)
        }
    }

    private func didWrite(_ buffer: OutputBuffer, _ status: Int32) {
        if status == 0, !isDestroyed { state.bytesTaken += state.contentInFlight }
        state.bytesInFlight = 0
        state.contentInFlight = 0
        loop.state.outputBuffers.put(buffer)
        guard !isDestroyed else { return }
        loop.enter(.write) {
            if status < 0 { return destroy(LoopError(code: status, call: "uv_write")) }
            if let layer = state.layer { sendOutput(of: layer, content: 0) }
            if state.output == nil { return didDrain() }
            sendOutput()
            // Those before what still waits: as in Node behind what has gone out now, and its onDrain.
            if !state.owed.isEmpty { didTakeSome() }
        }
    }

    // MARK: Sent

    /// All is sent; a program that was told to stop hears of it in a tick.
    func didDrain() {
        if !state.owed.isEmpty { didDrainOwing() }
        endIfRequested()
    }

    private func didDrainOwing() {
        if needsDrain, state.writableEnd == .open { loop.nextTick { [self] in try callOnDrain() } }
        didTakeSome()
    }

    /// The system has taken more of what was written.
    private func didTakeSome() {
        if state.owed.contains(.refresh) { didMove() }
        if state.owed.contains(.callbacks) { extras?.callWrites(to: state.bytesTaken, on: loop) }
    }

    /// Before the tick came, more may have been written; then its end is what the program waits for.
    private func callOnDrain() throws {
        guard needsDrain, writableLength == 0, state.writableEnd == .open else { return }
        needsDrain = false
        try onDrain?()
    }
}
