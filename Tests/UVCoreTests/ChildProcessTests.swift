import LoopTesting
import Testing
import UVCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("Child processes")
struct ChildProcessTests {
    @Test("The outcome holds the exit code, the output and the errors")
    func collects() async throws {
        let outcome = try await outcome(of: "echo out; echo err >&2; exit 7").get()
        #expect(outcome.exitCode == 7)
        #expect(String(decoding: outcome.output, as: UTF8.self) == "out\n")
        #expect(String(decoding: outcome.errors, as: UTF8.self) == "err\n")
    }

    @Test("A program that a signal has ended returns 128 and the signal, as in a shell")
    func signal() async throws {
        #expect(try await outcome(of: "kill -TERM $$").get().exitCode == 143)
    }

    @Test("Output is read to its end, also what a grandchild writes after the exit")
    func grandchild() async throws {
        let outcome = try await outcome(of: "(read -r line </dev/null; head -c 100000 /dev/zero) & exit 0").get()
        #expect(outcome.output.count == 100_000)
    }

    @Test("A program that is not there fails with ENOENT, not inside the call")
    func missing() async {
        let log = Log()
        let code = await withLoop { _ in
            ChildProcess.run("/no/such/program") { result in
                if case .failure(let error) = result { log(error.name) }
            }
            log("called")
        }
        #expect(code == 0)
        #expect(log.lines == ["called", "ENOENT"])
    }

    @Test("A program with as much output as the limit is heard out, one with a byte more is ended", arguments: [0, 1])
    func limit(excess: Int) async {
        let result = await outcome(of: "head -c \(1_000 + excess) /dev/zero", limit: 1_000)
        #expect((try? result.get().output.count) == (excess == 0 ? 1_000 : nil))
        if case .failure(let error) = result { #expect(error.name == "ENOBUFS") }
    }

    @Test("A program that takes longer than its time is ended")
    func timeout() async {
        let result = await outcome(of: "exec sleep 50", timeout: .milliseconds(1))
        let error = #expect(throws: LoopError.self) { try result.get() }
        #expect(error?.name == "ETIMEDOUT")
    }

    @Test("A program that runs when the loop ends is ended with it")
    func end() async {
        let code = await withLoop { loop in
            ChildProcess.run("sleep", ["50"]) { _ in Issue.record("called after the end") }
            loop.setImmediate { loop.exit(3) }
        }
        #expect(code == 3)
    }

    @Test("It leaves no zombie, which would be seen by all in this process that wait for children")
    func zombie() async throws {
        nonisolated(unsafe) var id: Int32?
        let code = await withLoop { loop in
            id = ChildProcess.run("sleep", ["50"]) { _ in Issue.record("called after the end") }.processID
            loop.setImmediate { loop.exit() }
        }
        #expect(code == 0)
        // A zombie can still be sent a signal.
        #expect(kill(try #require(id), 0) == -1 && errno == ESRCH)
    }

    private func outcome(
        of script: String, timeout: Duration? = nil, limit: Int = 1 << 20
    ) async -> Result<ChildProcess.Outcome, LoopError> {
        let ending = Ending()
        let code = await withLoop { _ in
            ChildProcess.run("sh", ["-c", script], timeout: timeout, limit: limit) { ending.result = $0 }
        }
        #expect(code == 0)
        return ending.result
    }
}

/// What a child process came to.
@LoopActor
private final class Ending {
    // Read when the loop has ended.
    nonisolated(unsafe) var result: Result<ChildProcess.Outcome, LoopError> = .failure(.cancelled("never called"))

    nonisolated init() {}
}
