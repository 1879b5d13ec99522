import UVCore

// The answer's bytes: the head when it is closed, the body as it is framed, all of it to the connection or kept.

extension HTTPExchange {
    /// Sends a piece of the body, and the head before the first one. See ``ServerResponse/write(_:)-(RawSpan)``.
    func write(_ bytes: RawSpan) -> Bool {
        if answer.isEnded { response.misuse("write") }
        guard !answer.isEnded, answer.isOwed else { return false }
        sendHead()
        let isBelowMark = state.extras?.filter == nil ? sendBody(bytes) : sendFiltered(bytes)
        if !isBelowMark { state.value.answer.holdUp() }
        return isBelowMark
    }

    /// The last piece of the body; without a head until now it is the whole of it.
    func end(_ bytes: RawSpan) {
        guard !answer.isEnded else { return bytes.isEmpty ? () : response.misuse("end") }
        if state.extras?.filter != nil { return endFiltered(bytes) }
        let isWhole = !answer.isHeadSent
        if isWhole { responseHead.contentLength = bytes.byteCount }
        guard let outlet else { return endWithoutOutlet(bytes) }
        if !isWhole || !sendWhole(bytes, to: outlet) { endPieces(with: bytes) }
        outlet.didEnd(self)
    }

    private func endWithoutOutlet(_ bytes: RawSpan) {
        if !bytes.isEmpty { sendBody(bytes) }
        _ = state.value.answer.end()
    }

    private func endPieces(with bytes: RawSpan) {
        sendHead()
        if !bytes.isEmpty { sendBody(bytes) }
        if state.value.answer.end() { sendLastChunk() }
    }

    /// Sends the head, if it was not.
    func sendHead() {
        guard !answer.isHeadSent, let outlet else { return }
        if state.extras?.filter != nil { beginFilter(nil) }
        let plan = planHead(to: outlet)
        state.value.answer.sendHead(plan.framing)
        send(plan, with: RawSpan(), to: outlet)
    }

    /// Sends the head and all of the body. Returns false where that goes in chunks, and then nothing was sent.
    @inline(__always)
    private func sendWhole(_ body: RawSpan, to outlet: HTTPConnection) -> Bool {
        let plan = planHead(to: outlet)
        guard let count = state.value.answer.sendWhole(plan.framing, body.byteCount) else { return false }
        let sent = body.extracting(first: count)
        guard count > Self.smallBody else {
            send(plan, with: sent, to: outlet)
            return true
        }
        send(plan, with: RawSpan(), to: outlet)
        send(sent)
        return true
    }

    @inline(__always)
    private func planHead(to outlet: HTTPConnection) -> ResponseHeadEncoder.Plan {
        if !outlet.mayBeFollowed(self) { responseHead.isPersistent = false }
        return server.headEncoder.plan(responseHead, at: loop.now)
    }

    /// Sends the head as it was planned, and a piece of the body with it.
    @inline(__always)
    private func send(_ plan: ResponseHeadEncoder.Plan, with body: RawSpan, to outlet: HTTPConnection) {
        send(room: plan.room + body.byteCount, to: outlet) { output in
            server.headEncoder.write(plan, of: responseHead, to: &output)
            output.append(copying: body)
        }
    }

    /// Up to this size copying costs less than a second write.
    private static let smallBody = 1_024

    private func sendLastChunk() {
        var frame: [UInt8] = []
        ChunkedEncoder.appendEnd(trailers: state.extras?.responseTrailers ?? [], to: &frame)
        send(frame.span.bytes)
    }

    @discardableResult
    func sendBody(_ bytes: RawSpan) -> Bool {
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

    /// Sends bytes of the answer, or keeps them until its turn; of one that was given up it does neither.
    @discardableResult
    func send(_ bytes: RawSpan) -> Bool {
        guard let outlet, !answer.isGivenUp else { return false }
        if answer.place == .current { return outlet.send(bytes) }
        state.waiting.append(copying: bytes)
        outlet.state.waitingLength += bytes.byteCount
        return state.waiting.count < outlet.highWaterMark
    }

    /// Sends what `write` writes, `room` bytes at most, or keeps it until its turn.
    @inline(__always)
    private func send(room: Int, to outlet: HTTPConnection, _ write: (inout OutputSpan<UInt8>) -> Void) {
        if answer.place == .current, !answer.isGivenUp { return _ = outlet.send(room: room, write) }
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
