import UVCore

/// When what has happened on a connection, and what that means for its time-outs. All in the loop's milliseconds.
struct ConnectionTimes {
    /// What the sweep finds.
    enum Verdict {
        case fine, requestTimedOut, connectionIsOver
    }

    /// When the first byte of the request arrived that is not complete; nil between requests. A new connection owes
    /// its first request from the start.
    private var requestStart: Int64?

    private var idleSince: Int64

    // The rate of a body, window by window.
    private var windowStart: Int64
    private var windowBytes = 0
    private var isFirstWindow = true

    // Progress of what the peer reads.
    private var bytesTaken = 0
    private var takenAt: Int64

    private var discardUntil: Int64?

    init(connectedAt now: Int64) {
        requestStart = now
        (idleSince, windowStart, takenAt) = (now, now, now)
    }

    mutating func didReceive(_ count: Int) {
        windowBytes += count
    }

    /// A head has begun to arrive.
    mutating func beginRequest(at now: Int64) {
        if requestStart == nil { requestStart = now }
    }

    /// A body is waited for.
    mutating func beginBody(at now: Int64) {
        (windowStart, windowBytes, isFirstWindow) = (now, 0, true)
    }

    /// The reader has kept the peer waiting, so its rate is measured anew.
    mutating func restartRate(at now: Int64) {
        (windowStart, windowBytes) = (now, 0)
    }

    mutating func endRequest(at now: Int64) { requestStart = nil }

    mutating func becomeIdle(at now: Int64) { idleSince = now }

    /// The last answer has been taken by the system: the peer has a while to read it. Silent the second time.
    mutating func beginDiscarding(at now: Int64, for time: Duration) {
        if discardUntil == nil { discardUntil = now + time.wholeMilliseconds }
    }
}

// MARK: - The sweep's questions

extension ConnectionTimes {
    /// Whether an idle connection has been kept long enough.
    func isIdleTooLong(at now: Int64, _ limits: HTTPLimits) -> Bool {
        guard requestStart == nil, limits.keepAliveTimeout > .zero else { return false }
        return now - idleSince >= (limits.keepAliveTimeout + limits.keepAliveBuffer).wholeMilliseconds
    }

    func isHeadTooSlow(at now: Int64, _ limits: HTTPLimits) -> Bool {
        isOlder(limits.headTimeout, at: now) || isOlder(limits.requestTimeout, at: now)
    }

    /// Whether the body takes too long as a whole, or in the window that has just ended.
    mutating func isBodyTooSlow(at now: Int64, _ limits: HTTPLimits) -> Bool {
        if isOlder(limits.requestTimeout, at: now) { return true }
        let window = limits.bodyRateWindow.wholeMilliseconds
        guard now - windowStart >= window else { return false }
        let isTooSlow = !isFirstWindow && windowBytes * 1_000 < limits.bodyRate * Int(now - windowStart)
        (windowStart, windowBytes, isFirstWindow) = (now, 0, false)
        return isTooSlow
    }

    /// Whether the peer has taken nothing of what waits for it for too long.
    mutating func isAnswerUnread(_ taken: Int, _ waiting: Int, at now: Int64, _ limits: HTTPLimits) -> Bool {
        if waiting == 0 || taken != bytesTaken { (bytesTaken, takenAt) = (taken, now) }
        return now - takenAt >= limits.unreadAnswerTimeout.wholeMilliseconds
    }

    func isDiscardingOver(at now: Int64) -> Bool {
        guard let discardUntil else { return false }
        return now >= discardUntil
    }

    private func isOlder(_ limit: Duration, at now: Int64) -> Bool {
        guard let requestStart else { return false }
        return now - requestStart >= limit.wholeMilliseconds
    }
}

extension HTTPConnection {
    /// What the sweep does with the connection.
    func checkTime(_ now: Int64) {
        let limits = server.limits
        if times.isAnswerUnread(socket.bytesWritten, socket.writableLength, at: now, limits) {
            return socket.destroy()
        }
        if isLastAnswered, socket.writableLength == 0 { times.beginDiscarding(at: now, for: limits.lingerTimeout) }
        if times.isDiscardingOver(at: now) { return socket.destroy() }
        switch phase {
        case .head where isWaiting:
            break
        case .head:
            if isIdle, times.isIdleTooLong(at: now, limits) { return socket.destroy() }
            if times.isHeadTooSlow(at: now, limits) { fail(.timeout) }
        case .body:
            if isWaiting { return times.restartRate(at: now) }
            if times.isBodyTooSlow(at: now, limits) { fail(.timeout) }
        case .discarding, .upgrading, .handedOver:
            break
        }
    }
}
