import UVCore

// The way in: bytes become heads and content, and wait where the reader of the answer does.

extension ClientConnection {
    func receive(_ bytes: RawSpan) {
        // Nothing was asked for, so it belongs to nothing: maybe the server says that it has waited too long.
        guard place == .carrying else { return close() }
        socket.cork()
        exchange.receiveByte()
        request?.times.progress(at: loop.now)
        if unused.isEmpty {
            let used = process(bytes)
            if used < bytes.byteCount { unused.append(bytes.extracting(droppingFirst: used)) }
        } else {
            unused.append(bytes)
            processUnused()
        }
        settle()
    }

    private func processUnused() {
        var unused = unused.take()
        unused.drop(unused.withBytes { process($0) })
        if !unused.isEmpty { self.unused = unused }
    }

    /// Uses bytes until they are all used or the rest has to wait. Returns how many were used.
    ///
    /// Each head and each piece is a callback of its own in Node: its ticks and microtasks run before the next one.
    private func process(_ bytes: RawSpan) -> Int {
        var offset = 0
        while place == .carrying {
            if exchange.answer == .arrived {
                if offset < bytes.byteCount { exchange.receiveEnd(isLast: true) }
                return bytes.byteCount
            }
            if let response, !response.takesMore {
                wait()
                return offset
            }
            do throws(HTTPParseError) {
                guard let next = try processStep(bytes, from: offset) else { return bytes.byteCount }
                offset = next
            } catch {
                fail(.invalidAnswer(HTTPClient.InvalidAnswer(error: error)))
            }
            if !loop.endPart() { return bytes.byteCount }
        }
        return bytes.byteCount
    }

    /// One step; nil when all bytes are used, otherwise where the next one begins.
    private func processStep(_ bytes: RawSpan, from offset: Int) throws(HTTPParseError) -> Int? {
        switch try reader.step(bytes, from: offset) {
        case .needMoreBytes:
            return nil
        case .interim(let end):
            request?.didReceiveInterim(reader.head)
            if reader.head.status == 100 { stopWaiting() }
            return end
        case .switched(let end):
            handOver(bytes.extracting(droppingFirst: end))
            return nil
        case .head(let end):
            receiveHead()
            return end
        case .data(let range):
            receiveContent(bytes.extracting(range))
            return range.upperBound
        case .end(let end):
            exchange.receiveEnd(isLast: end < bytes.byteCount)
            response?.complete(reader.trailers)
            return end < bytes.byteCount ? end : nil
        }
    }

    private func receiveHead() {
        exchange.receiveHead(isPersistent: reader.isPersistent)
        guard let request else { return }
        switch client.options.redirects > 0 ? Redirect.decision(reader.head, to: request.head, request.body) : .none {
        case .none: break
        case .follow(let next) where request.redirectsLeft > 0: return redirect = (next, 0)
        case .follow, .refuse: return fail(.redirect)
        }
        let response = ClientResponse(reader.head, to: request, on: self)
        self.response = response
        request.didReceive(response, on: self)
    }

    private func receiveContent(_ bytes: RawSpan) {
        guard let redirect else { return response?.deliver(bytes) ?? () }
        self.redirect?.length += bytes.byteCount
        // The content of a redirect is for people that see it. A long one costs more than a new connection.
        if redirect.length + bytes.byteCount > Self.longestRedirect { lose(.noAnswer) }
    }

    private static let longestRedirect = 64 << 10

    /// The socket leaves HTTP.
    private func handOver(_ rest: RawSpan) {
        guard let request, request.onUpgrade != nil else { return fail(.noAnswer) }
        let rest = [UInt8](copying: rest)
        let response = ClientResponse(reader.head, to: request, on: self)
        response.complete([])
        self.request = nil
        place = .gone
        socket.relinquish()
        client.didLose(self)
        request.didUpgrade(response, socket, rest)
    }
}

// MARK: - Waiting

extension ClientConnection {
    /// The bytes that follow have to wait for the reader of the answer.
    private func wait() {
        if input == .flowing { input = .waiting }
        letGoOfResponse()
        socket.pause()
        request?.enter(.heldUp)
    }

    /// The answer has a reader (again).
    func readOn() {
        guard place == .carrying, input == .waiting || !unused.isEmpty else { return }
        if input == .waiting { input = .flowing }
        holdResponse()
        request?.enter(.body)
        // In a tick, since this may be called while a piece is passed on.
        loop.nextTick { [self] in goOn() }
    }

    private func goOn() {
        guard place == .carrying, input != .waiting else { return }
        processUnused()
        if input == .flowing { socket.resume() }
        if input == .ended { endInput() }
        settle()
    }

    func didReceiveEnd() {
        input = .ended
        if place == .carrying { endInput() } else { close() }
    }

    /// The server has ended its side: so has an answer without a length, and any other is lost.
    private func endInput() {
        guard place == .carrying, unused.isEmpty else { return }
        do throws(HTTPParseError) {
            try reader.finish()
            if exchange.answer != .arrived { response?.complete([]) }
            exchange.receiveEnd(isLast: true)
            settle()
        } catch {
            lose(.noAnswer)
        }
    }
}
