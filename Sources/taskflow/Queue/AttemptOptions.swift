import ArgumentParser
import UVTasks

/// How a task that is made is tried, and tried again.
struct AttemptOptions: ParsableArguments {
    @Option(help: "How often it may be tried, 1 to 100.")
    var maxAttempts: Int?

    @Option(
        help: """
            How long it waits behind an attempt that failed: base=5s,factor=3,max=1h,jitter=0.2, or some of these. Behind \
            each attempt the factor times as long, up to max, and up or down by that part of it.
            """)
    var retry: String?

    @Option(help: "How long a claim lasts without a renewal, 5s to 12h.")
    var lease: String?

    @Option(help: "How long one attempt may take.")
    var timeout: String?

    @Option(help: "How many leases in a row may run out before it has failed, 1 to 100.")
    var maxStalls: Int?

    /// Puts what the flags say into `task`.
    func apply(to task: inout NewTask) throws {
        (task.maxAttempts, task.maxStalls) = (maxAttempts, maxStalls)
        task.retry = try retry.map { try Self.retry($0) }
        task.lease = try ServerOption.lease(lease)
        task.timeout = try ServerOption.duration(timeout, of: "--timeout")
    }

    private static func retry(_ text: String) throws -> NewTask.Retry {
        var retry = NewTask.Retry()
        for part in text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let sides = part.split(separator: UInt8(ascii: "="), maxSplits: 1).map {
                String(decoding: $0, as: UTF8.self)
            }
            guard sides.count == 2, set(sides[0], sides[1], of: &retry) else {
                throw ValidationError(
                    "--retry is as base=5s,factor=3,max=1h,jitter=0.2, or some of these, and not '\(text)'.")
            }
        }
        return retry
    }

    /// False for a name or a value that is none; what is too large is the server's to say.
    private static func set(_ name: String, _ value: String, of retry: inout NewTask.Retry) -> Bool {
        switch name {
        case "base": Duration(flag: value).map { retry.base = $0 } != nil
        case "max": Duration(flag: value).map { retry.max = $0 } != nil
        case "factor": number(value).map { retry.factor = $0 } != nil
        case "jitter": number(value).map { retry.jitter = $0 } != nil
        default: false
        }
    }

    private static func number(_ text: String) -> Double? { Double(text).flatMap { $0.isFinite ? $0 : nil } }
}
