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
        // The learner's; an exercise that needs a pool of its own size says so itself.
        unsetenv("UV_THREADPOOL_SIZE")
        return run()
    }

    /// What the Swift side prints, and its exit code: run in a process of its own, as Node's side is.
    @LoopActor
    func lines() async -> [String] {
        await Self.lines(of: ChildProcess.ownPath, ["run", number, "--swift"], in: "/")
    }

    /// What a program prints, and its exit code, or why there is none.
    @LoopActor
    static func lines(of program: String, _ arguments: [String], in folder: String) async -> [String] {
        do {
            return try await ChildProcess.run(
                program, arguments, environment: SideEnvironment.variables, folder: folder, timeout: timeout
            ).lines
        } catch {
            return ["[\(error.message)]"]
        }
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

/// Brings out what was printed without the end of its line. False where it is not read any more.
@discardableResult
func flush() -> Bool { fflush(stdout) == 0 }
