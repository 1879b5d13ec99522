import TaskEngine

extension WorkState: Compact {
    func write(to output: inout CompactWriter) {
        output.write(settings)
        output.write(due)
        output.write(lease)
        output.write(attempt)
        output.write(stalls)
        output.write(attempts)
        output.write(lastFence)
        output.write(startedAt)
        output.write(finishedAt)
        output.write(error)
        output.write(cancellation)
        output.write(isEndedByQueue)
    }

    init(from input: inout CompactReader) throws(CompactError) {
        self.init(
            settings: try input.read(), due: try input.read(), lease: try input.read(), attempt: try input.read(),
            stalls: try input.read(), attempts: try input.read(), lastFence: try input.read(),
            startedAt: try input.read(), finishedAt: try input.read(), error: try input.read(),
            cancellation: try input.read(), isEndedByQueue: try input.read())
    }
}

extension WorkSettings: Compact {
    func write(to output: inout CompactWriter) {
        output.write(type)
        output.write(maxAttempts)
        output.write(retry)
        output.write(lease)
        output.write(timeout)
        output.write(maxStalls)
        output.write(onDependencyFailure)
        output.write(unique)
    }

    init(from input: inout CompactReader) throws(CompactError) {
        self.init()
        type = try input.read()
        maxAttempts = try input.read()
        retry = try input.read()
        lease = try input.read()
        timeout = try input.read()
        maxStalls = try input.read()
        onDependencyFailure = try input.read()
        unique = try input.read()
    }
}

extension ProjectSettings: Compact {
    func write(to output: inout CompactWriter) {
        output.write(isPaused)
        output.write(maxRunning)
        output.write(lease)
        output.write(maxAttempts)
        output.write(retry)
        output.write(timeout)
    }

    init(from input: inout CompactReader) throws(CompactError) {
        self.init()
        isPaused = try input.read()
        maxRunning = try input.read()
        lease = try input.read()
        maxAttempts = try input.read()
        retry = try input.read()
        timeout = try input.read()
    }
}

extension RetryPolicy: Compact {
    func write(to output: inout CompactWriter) {
        output.write(base)
        output.write(factor)
        output.write(max)
        output.write(jitter)
    }

    init(from input: inout CompactReader) throws(CompactError) {
        self.init(
            base: try input.read(), factor: try input.read(), max: try input.read(), jitter: try input.read())
    }
}

extension UniqueKey: Compact {
    func write(to output: inout CompactWriter) {
        output.write(key)
        output.write(onConflict)
    }

    init(from input: inout CompactReader) throws(CompactError) {
        self.init(key: try input.read(), onConflict: try input.read())
    }
}

extension Due: Compact {
    func write(to output: inout CompactWriter) {
        switch self {
        case .instant(let time):
            output.append(0)
            output.write(time)
        case .delay(let delay, let since):
            output.append(1)
            output.write(delay)
            output.write(since)
        }
    }

    init(from input: inout CompactReader) throws(CompactError) {
        switch try input.byte() {
        case 0: self = .instant(try input.read())
        case 1: self = .delay(try input.read(), since: try input.read())
        default: throw CompactError()
        }
    }
}

extension Lease: Compact {
    func write(to output: inout CompactWriter) {
        output.write(worker)
        output.write(fence)
        output.write(length)
        output.write(timeout)
        output.write(claimKey)
        output.write(since)
        output.append((isRenewed ? Self.renewed : 0) | (server == 0 ? 0 : Self.hasServer))
        if server != 0 { output.write(server) }
    }

    init(from input: inout CompactReader) throws(CompactError) {
        self.init(
            worker: try input.read(), fence: try input.read(), length: try input.read(), timeout: try input.read(),
            claimKey: try input.read(), since: try input.read())
        let flags = try input.byte()
        guard flags <= Self.renewed | Self.hasServer else { throw CompactError() }
        isRenewed = flags & Self.renewed != 0
        guard flags & Self.hasServer != 0 else { return }
        server = try input.read()
        guard server > 0 else { throw CompactError() }
    }

    // Without a server the last byte is 0 or 1: a program that knows no servers reads that, and refuses what has one.
    private static let renewed: UInt8 = 1
    private static let hasServer: UInt8 = 2
}

extension Attempt: Compact {
    func write(to output: inout CompactWriter) {
        output.write(worker)
        output.write(fence)
        output.write(startedAt)
        output.write(endedAt)
        output.write(outcome)
        output.write(error)
    }

    init(from input: inout CompactReader) throws(CompactError) {
        self.init(
            worker: try input.read(), fence: try input.read(), startedAt: try input.read(),
            endedAt: try input.read(), outcome: try input.read(), error: try input.read())
    }
}

extension WorkError: Compact {
    func write(to output: inout CompactWriter) {
        output.write(code)
        output.write(message)
        output.write(details)
    }

    init(from input: inout CompactReader) throws(CompactError) {
        self.init(code: try input.read(), message: try input.read(), details: try input.read())
    }
}

extension Cancellation: Compact {
    func write(to output: inout CompactWriter) {
        output.write(reason)
        output.write(by)
    }

    init(from input: inout CompactReader) throws(CompactError) {
        self.init(reason: try input.read(), by: try input.read())
    }
}
