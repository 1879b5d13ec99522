import UVCore

// The answer's bytes: the head when it is closed, the body as it is framed, all of it to the connection or kept.

extension HTTPExchange {
    /// Sends a piece of the body, and the head before the first one. See ``ServerResponse/write(_:)-(RawSpan)``.
    func write(_ bytes: RawSpan) -> Bool {
        if answer.isEnded { response.misuse("write") }
        guard !answer.isEnded, answer.isOwed else { return false }
        sendHead()
        let isBelowMark = sendBody(bytes)
        if !isBelowMark { state.value.answer.holdUp() }
        return isBelowMark
    }

    /// The last piece of the body; without a head until now it is the whole of it.
    func end(_ bytes: RawSpan) {
        guard !answer.isEnded else { return bytes.isEmpty ? () : response.misuse("end") }
        if !answer.isHeadSent { responseHead.contentLength = bytes.byteCount }
        guard let outlet else { return endWithoutOutlet(bytes) }
        if !sendHead(with: bytes, to: outlet), !bytes.isEmpty { sendBody(bytes) }
        if state.value.answer.end() { sendLastChunk() }
        outlet.didEnd(self)
    }

    private func endWithoutOutlet(_ bytes: RawSpan) {
        if !bytes.isEmpty { sendBody(bytes) }
        _ = state.value.answer.end()
    }

    /// Sends the head, if it was not.
    func sendHead() {
        if let outlet { _ = sendHead(with: nil, to: outlet) }
    }

    /// Sends the head, if it was not, and with it a body that is known whole and is small. Returns whether that was sent.
    private func sendHead(with body: RawSpan?, to outlet: HTTPConnection) -> Bool {
        guard !answer.isHeadSent else { return false }
        if !outlet.mayBeFollowed(self) { responseHead.isPersistent = false }
        let plan = server.headEncoder.plan(responseHead, at: loop.now)
        state.value.answer.sendHead(plan.framing)
        var (small, isSmall) = (RawSpan(), false)
        if let body, body.byteCount <= Self.smallBody, case .plain = plan.framing.body,
            case .plain(let count) = state.value.answer.write(body.byteCount)
        {
            (small, isSmall) = (body.extracting(first: count), true)
        }
        send(room: plan.room + small.byteCount, to: outlet) { output in
            server.headEncoder.write(plan, of: responseHead, to: &output)
            output.append(copying: small)
        }
        return isSmall
    }

    /// Up to this size copying costs less than a second write.
    private static let smallBody = 1_024

    private func sendLastChunk() {
        var frame: [UInt8] = []
        ChunkedEncoder.appendEnd(trailers: state.extras?.responseTrailers ?? [], to: &frame)
        send(frame.span.bytes)
    }

    @discardableResult
    private func sendBody(_ bytes: RawSpan) -> Bool {
        switch state.value.answer.write(bytes.byteCount) {
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

    /// Sends bytes of the answer, or keeps them until its turn.
    @discardableResult
    func send(_ bytes: RawSpan) -> Bool {
        guard let outlet else { return false }
        if answer.place == .current { return outlet.send(bytes) }
        state.waiting.append(copying: bytes)
        outlet.state.waitingLength += bytes.byteCount
        return state.waiting.count < outlet.highWaterMark
    }

    /// Sends what `write` writes, `room` bytes at most, or keeps it until its turn.
    private func send(room: Int, to outlet: HTTPConnection, _ write: (inout OutputSpan<UInt8>) -> Void) {
        guard answer.place != .current else { return _ = outlet.send(room: room, write) }
        var bytes: [UInt8] = []
        bytes.append(room: room, write)
        send(bytes.span.bytes)
    }

    /// What waits for its turn is sent, or will not be.
    func forgetWaiting() {
        guard !state.waiting.isEmpty else { return }
        state.connection?.state.waitingLength -= state.waiting.count
        state.waiting.removeAll(keepingCapacity: true)
    }
}
