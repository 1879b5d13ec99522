import UVCore

#if canImport(Darwin)
    @preconcurrency import Darwin
#elseif canImport(Musl)
    @preconcurrency import Musl
#else
    @preconcurrency import Glibc
#endif

extension Exercise {
    /// No exercise takes longer, on whatever machine.
    static let timeout = Duration.seconds(30)

    /// Runs the Swift side in this process; each line is out when it is printed, as in Node. Returns its exit code.
    func runHere() -> Int32 {
        setvbuf(stdout, nil, _IOLBF, 0)
        return run()
    }

    /// What the Swift side prints, and its exit code: run in a process of its own, as Node's side is.
    @LoopActor
    func lines() async throws -> [String] {
        try await ChildProcess.run(ChildProcess.ownPath, ["run", number, "--swift"], timeout: Self.timeout).lines
    }
}

extension ChildProcess.Outcome {
    /// The lines of the output, the last one saying what the program returned.
    var lines: [String] {
        let text = String(decoding: output, as: UTF8.self)
        return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).droppingEmptyLast()
            + ["[exit \(exitCode)]"]
    }
}

/// Brings out what was printed without the end of its line.
func flush() { fflush(stdout) }
