import UVCore

/// When each thing happened on a connection, and what that means for its time-outs. All in the loop's milliseconds.
struct ConnectionTimes {
    /// When the first byte of the request arrived that is not complete; nil between requests. A new connection owes
    /// its first request from the start.
    private var requestStart: Int64?

    private var idleSince: Int64

    /// Since when this end holds the peer up: time that does not count against it.
    private var heldUpSince: Int64?

    // The rate of a body, window by window.
    private var windowStart: Int64
    private var windowBytes = 0
    private var isFirstWindow = true

    // Progress of what the peer reads.
    private var bytesTaken = 0
    private var takenAt: Int64

    private var discardingSince: Int64?
    private var discarded = 0

    init(connectedAt now: Int64) {
        requestStart = now
        (idleSince, windowStart, takenAt) = (now, now, now)
    }

    mutating func didReceive(_ count: Int) {
        windowBytes += count
        if discardingSince != nil { discarded += count }
    }

    /// A head has begun to arrive.
    mutating func beginRequest(at now: Int64) {
        if requestStart == nil { requestStart = now }
    }

    /// A body is waited for.
    mutating func beginBody(at now: Int64) {
        (windowStart, windowBytes, isFirstWindow) = (now, 0, true)
    }

    mutating func holdUp(at now: Int64) {
        if heldUpSince == nil { heldUpSince = now }
    }

    mutating func letGoOn(at now: Int64) {
        guard let since = heldUpSince else { return }
        heldUpSince = nil
        windowStart += now - since
        if let start = requestStart { requestStart = start + now - since }
    }

    /// The loop stood still: what a client could not do meanwhile, or did and was not noticed, is not its fault.
    mutating func forget(_ standstill: Int64) {
        windowStart += standstill
        takenAt += standstill
        if let start = requestStart { requestStart = start + standstill }
        if let since = discardingSince { discardingSince = since + standstill }
    }

    mutating func endRequest() { requestStart = nil }

    mutating func becomeIdle(at now: Int64) { idleSince = now }

    mutating func beginDiscarding(at now: Int64) { discardingSince = now }
}

// MARK: - The sweep's questions

extension ConnectionTimes {
    /// Until when an idle connection is kept, if not for ever. One that was told that it closes is kept for the requests
    /// that are on their way.
    func idleEnd(_ limits: HTTPLimits, wasToldToClose: Bool) -> Int64? {
        guard requestStart == nil else { return nil }
        if wasToldToClose { return sum(idleSince, limits.lingerTimeout) }
        guard limits.keepAliveTimeout > .zero else { return nil }
        return sum(sum(idleSince, limits.keepAliveTimeout), limits.keepAliveBuffer)
    }

    private func sum(_ time: Int64, _ duration: Duration) -> Int64 {
        let (sum, isTooLarge) = time.addingReportingOverflow(duration.wholeMilliseconds)
        return isTooLarge ? .max : sum
    }

    func isHeadTooSlow(at now: Int64, _ limits: HTTPLimits) -> Bool {
        isOlder(limits.headTimeout, at: now) || isOlder(limits.requestTimeout, at: now)
    }

    /// Looks at the body, and ends the window if its time is over.
    ///
    /// - Returns: Whether the body takes too long as a whole, or did in that window.
    mutating func checkBody(at now: Int64, _ limits: HTTPLimits) -> Bool {
        if isOlder(limits.requestTimeout, at: now) { return true }
        let window = limits.bodyRateWindow.wholeMilliseconds
        guard now - windowStart >= window else { return false }
        let rate = Double(windowBytes) * 1_000 / Double(now - windowStart)
        let isTooSlow = !isFirstWindow && rate < Double(limits.bodyRate)
        (windowStart, windowBytes, isFirstWindow) = (now, 0, false)
        return isTooSlow
    }

    /// Looks at what the peer has taken until now.
    ///
    /// - Returns: Whether that was nothing for too long, although something waits.
    mutating func checkAnswer(_ taken: Int, _ isWaiting: Bool, at now: Int64, _ limits: HTTPLimits) -> Bool {
        if !isWaiting || taken != bytesTaken { (bytesTaken, takenAt) = (taken, now) }
        return hasPassed(limits.unreadAnswerTimeout, since: takenAt, at: now)
    }

    /// Whether what arrives is thrown away until the peer has ended its side, too.
    @inline(__always)
    var isDiscarding: Bool { discardingSince != nil }

    func isDiscardingOver(at now: Int64, _ limits: HTTPLimits) -> Bool {
        guard let since = discardingSince else { return false }
        return now - since >= limits.lingerTimeout.wholeMilliseconds || discarded > limits.lingerBytes
    }

    private func isOlder(_ limit: Duration, at now: Int64) -> Bool {
        guard let requestStart else { return false }
        return hasPassed(limit, since: requestStart, at: now)
    }

    /// Zero is no limit, as in Node.
    private func hasPassed(_ limit: Duration, since start: Int64, at now: Int64) -> Bool {
        limit > .zero && now - start >= limit.wholeMilliseconds
    }
}
