import UVCore
import UVTasks

/// The program that does one task: what it is given, and what its end means.
@LoopActor
final class JobProgram {
    private let command: String
    private let job: TaskJob
    private let loop = EventLoop.current
    private var child: ChildProcess?
    private var lastResort: Timeout?

    init(_ command: String, for job: TaskJob) { (self.command, self.job) = (command, job) }

    /// Runs it to its end. Returns its result; nil for one that printed nothing.
    ///
    /// - Throws: ``TaskFailure``.
    func run() async throws -> JSON? {
        var options = ChildProcess.Options()
        options.input = Array(try job.payload(as: JSON.self).text.utf8)
        options.variables = variables
        options.isApart = true
        options.longestErrors = Self.longestErrors
        let result = await withUnsafeContinuation { continuation in
            child = ChildProcess.run("/bin/sh", ["-c", command], limit: Self.longestOutput, options: options) {
                result in
                continuation.resume(returning: result)
            }
            job.onCancel = { [self] in stop() }
            if job.isCancelled { stop() }
        }
        lastResort?.cancel()
        job.onCancel = nil
        return try Self.result(of: result)
    }

    private var variables: [(name: String, value: String)] {
        [
            ("TASKFLOW_TASK_ID", job.id), ("TASKFLOW_FENCE", "\(job.fence)"), ("TASKFLOW_ATTEMPT", "\(job.attempt)"),
            ("TASKFLOW_TYPE", job.type ?? ""),
        ]
    }

    /// The task is not wanted any more.
    private func stop() {
        child?.kill()
        lastResort = loop.setTimeout(.seconds(5)) { [self] in child?.kill(.kill) }
    }

    // MARK: - What its end means

    private static let longestOutput = 64 << 10

    /// Of bytes; the server keeps 1,000 scalars.
    private static let longestErrors = 4_000

    /// `EX_DATAERR` of `sysexits.h`: the task is wrong, and will be the next time.
    private static let failedForGood: Int32 = 65

    private static func result(of result: Result<ChildProcess.Outcome, LoopError>) throws -> JSON? {
        let outcome: ChildProcess.Outcome
        do throws(LoopError) {
            outcome = try result.get()
        } catch {
            throw TaskFailure(
                error.name.isSame(as: "ENOBUFS") ? "It wrote more than \(longestOutput) bytes." : "\(error)")
        }
        guard outcome.exitCode == 0 else {
            throw TaskFailure(message(of: outcome), retryable: outcome.exitCode != failedForGood)
        }
        return try value(of: outcome.output)
    }

    /// What it printed, without the end of the last line: JSON, or else a string.
    private static func value(of output: [UInt8]) throws -> JSON? {
        let text = withoutLineEnd(output)
        if text.isEmpty { return nil }
        return try JSON(Array(text)) ?? JSON(encoding: String(decoding: text, as: UTF8.self))
    }

    /// The end of what it wrote to standard error; where that is nothing, how it ended.
    private static func message(of outcome: ChildProcess.Outcome) -> String {
        let text = withoutLineEnd(outcome.errors)
        if text.isEmpty { return "The program ended with code \(outcome.exitCode)." }
        return String(String.UnicodeScalarView(String(decoding: text, as: UTF8.self).unicodeScalars.suffix(1_000)))
    }

    private static func withoutLineEnd(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        let end = bytes.lastIndex { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        return bytes[..<(end.map { $0 + 1 } ?? 0)]
    }
}
