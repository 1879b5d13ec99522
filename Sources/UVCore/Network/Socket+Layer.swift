/// The way through a layer. A plain socket has none, and comes here by no call.
extension Socket {
    /// What a layer may hold of the network's bytes, at most: a part of a record of TLS, which is shorter.
    nonisolated public static let layerBacklog = 20_480

    /// What a layer may have for a network that takes nothing, without a byte of the program's in it.
    nonisolated static let layerOutputLimit = 65_536

    /// Begins the handshake of `layer`. The socket counts as connecting until then.
    ///
    /// - Parameters:
    ///   - didEnd: Called once: before `didOpen`, or when the connection ends first, with what has broken it.
    ///   - didOpen: Called, as a callback of the loop, when content may pass.
    func open(
        _ layer: any SocketLayer, didEnd: @escaping (LoopError?) -> Void = { _ in },
        _ didOpen: @escaping () throws -> Void
    ) {
        state.life = .handshaking
        state.layer = layer
        let deadline = Deadline(after: layer.handshakeTimeout, on: loop, keepsLoopAlive: false) { [self] in
            failOrDestroy(LoopError(.timedOut, call: "handshake"))
        }
        opening = LayerOpening(deadline: deadline, didEnd: didEnd, didOpen: didOpen)
        startReading()
        follow(layer.open(), of: layer)
    }

    /// What was read, on its way to the program.
    func receive(_ bytes: RawSpan, through layer: any SocketLayer) {
        let handshakes = state.life == .handshaking ? server?.handshakes : nil
        if let handshakes, !handshakes.mayTakeStep { return handshakes.keep(bytes, of: self) }
        take(bytes, through: layer, handshakes)
    }

    /// Its turn has come: what was kept of it goes to its layer, and reading goes on.
    func continueHandshake(with bytes: RawSpan) {
        guard let layer = state.layer else { return }
        take(bytes, through: layer, server?.handshakes)
        updateReading()
    }

    /// - Parameter handshakes: Those to which the step belongs, while a server's handshake is not finished.
    private func take(_ bytes: RawSpan, through layer: any SocketLayer, _ handshakes: Handshakes?) {
        let content = loop.layerContent
        content.removeAll()
        var step = SocketLayerStep.goesOn
        handshakes?.stepBegins()
        content.append(room: bytes.byteCount + Self.layerBacklog) { step = layer.receive(bytes, into: &$0) }
        handshakes?.stepEnds()
        if state.life == .handshaking, layer.isOpen { handshakeDone(through: layer) }
        if !content.isEmpty {
            state.bytesRead += content.count
            loop.enter(.read) { try content.withBytes { if !isDestroyed { try didReceive($0) } } }
        }
        follow(step, of: layer)
    }

    /// Sends what the layer has to say by itself, and goes on as it says.
    private func follow(_ step: SocketLayerStep, of layer: any SocketLayer) {
        sendOutput(of: layer, content: 0)
        switch step {
        case .goesOn:
            if layer.outputLength > Self.layerOutputLimit {
                return failOrDestroy(LoopError(.noBufferSpace, call: "handshake"))
            }
            if state.owed.contains(.offer) { offerAgain() }
        case .ended:
            state.input.end = .received
            updateReading()
            if state.owed.contains(.offer) { offerAgain() }
            loop.enter(.read) { announceEndIfDelivered() }
        case .failed(let error):
            failOrDestroy(error)
        }
    }

    /// Content may pass, and what was written before goes first.
    private func handshakeDone(through layer: any SocketLayer) {
        sendOutput(of: layer, content: 0)
        guard sendFirst(), let opening = opening.take() else { return }
        endIfRequested()
        let didOpen = opening.succeed()
        loop.enter(.read) { if !isDestroyed { try didOpen() } }
    }

    /// The end of the network's bytes that the layer was not told of: what has come may not be all. What is ahead has come
    /// whole, and is handed on first.
    func didReceiveUnannouncedEnd() {
        state.input.end = .torn
        updateReading()
        if state.input.ahead.isEmpty { return breakAtEnd() }
        // What the layer waits for cannot come any more: what was written breaks the connection now.
        if state.owed.contains(.offer) { offerAgain() }
    }

    func breakAtEnd() {
        let place = state.life == .handshaking ? "before the handshake was finished" : "within the stream"
        failOrDestroy(LoopError(.endOfStream, call: "uv_read", reason: "the connection has ended \(place)"))
    }

    /// Ends the connection: what is told is that connecting has failed, or an error.
    func failOrDestroy(_ error: LoopError) {
        loop.enter(.read) { breakOff(error) }
    }

    /// The same, within a callback. Apart, so that what writes stays small.
    @inline(never)
    func breakOff(_ error: LoopError) {
        if isConnecting, server == nil { fail(error) } else { destroy(error) }
    }

    // MARK: The way out

    /// Sends what the program has written from where it lies.
    func send(_ bytes: RawSpan, through layer: any SocketLayer) {
        guard let taken = offer(bytes, to: layer) else { return }
        if taken < bytes.byteCount { append(bytes.extracting(droppingFirst: taken)) }
        sendOutput(of: layer, content: taken)
    }

    /// Sends what was collected. What the layer does not take goes on waiting in `output`.
    func sendOutput(through layer: any SocketLayer) {
        guard let output = state.output.take() else { return }
        let taken = output.withBytes { offer($0, to: layer) }
        if let taken, taken < output.count {
            output.removeFirst(taken)
            state.output = output
        } else {
            loop.state.outputBuffers.put(output)
        }
        if let taken { sendOutput(of: layer, content: taken) }
    }

    /// - Returns: How many of the bytes the layer has taken, or nil when the connection has broken.
    private func offer(_ bytes: RawSpan, to layer: any SocketLayer) -> Int? {
        do throws(LoopError) {
            let taken = try layer.send(bytes)
            if taken == bytes.byteCount || waitsToOfferAgain() { return taken }
            throw LoopError(.endOfStream, call: "uv_read", reason: "the peer has ended within a message")
        } catch {
            breakOff(error)
            return nil
        }
    }

    /// Notes that the layer is to be offered it again, and reads what it has to have before. False when nothing can come
    /// any more: then nothing is noted.
    func waitsToOfferAgain() -> Bool {
        guard state.input.end == .open else { return false }
        state.owed.insert(.offer)
        updateReading()
        return true
    }

    private func offerAgain() {
        state.owed.remove(.offer)
        loop.enter(.read) {
            // What is corked goes when that ends.
            if state.corking != .corked { sendOutput() }
            endIfRequested()
        }
        updateReading()
    }

    /// Offers the system what the layer has for it, and hands the rest to one `uv_write`.
    ///
    /// - Parameter content: How many bytes of the program's are in it.
    func sendOutput(of layer: any SocketLayer, content: Int) {
        guard layer.outputLength > 0, state.bytesInFlight == 0, !isDestroyed else { return }
        let bytes = layer.takeOutput()
        guard let taken = bytes.withUnsafeBytes({ tryWrite($0) }) else { return }
        guard taken < bytes.count else {
            state.bytesTaken += content
            return didDrain()
        }
        let rest = loop.state.outputBuffers.take()
        rest.append(bytes.span.bytes.extracting(droppingFirst: taken))
        startRequest(rest, from: 0, content: content)
    }

    /// Says the end, if the system takes it at once: to a peer that was sent all there is, closing is no surprise.
    func endLayer() {
        guard let layer = state.layer, state.life == .open, writableLength == 0, layer.end(), layer.outputLength > 0
        else { return }
        // Whether it is taken changes nothing: the connection is being closed.
        sayLast(layer.takeOutput())
    }
}
