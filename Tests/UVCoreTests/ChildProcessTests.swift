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

    @Test(
        "What it is given is read to its end, also when that is more than a pipe holds", arguments: [0, 1, 1_000_000])
    func input(length: Int) async throws {
        var options = ChildProcess.Options()
        options.input = Array(repeating: 120, count: length)
        #expect(try await outcome(of: "cat", options: options).get().output.count == length)
        #expect(try await outcome(of: "exit 3", options: options).get().exitCode == 3, "one that does not read it")
    }

    @Test("Variables are added to those of this process, in place of any of their name")
    func variables() async throws {
        var options = ChildProcess.Options()
        options.variables = [("FIRST", "1 2"), ("HOME", "elsewhere")]
        let output = try await outcome(of: "echo \"$FIRST-$HOME\"; test -n \"$PATH\"", options: options).get()
        #expect(String(decoding: output.output, as: UTF8.self) == "1 2-elsewhere\n" && output.exitCode == 0)
    }

    @Test("Of long errors the end is kept, and they do not count for the limit")
    func errors() async throws {
        var options = ChildProcess.Options()
        options.longestErrors = 10
        let script = "head -c 1000000 /dev/zero >&2; printf 0123456789 >&2"
        #expect(try await outcome(of: script, limit: 1, options: options).get().errors == Array("0123456789".utf8))
        let result = await outcome(of: "echo xy", limit: 1, options: options)
        #expect(throws: LoopError.self, "its output does count") { try result.get() }
    }

    @Test("Apart, a signal reaches what it has started too, and what it leaves running is ended at its exit")
    func apart() async throws {
        var options = ChildProcess.Options()
        options.isApart = true
        // Each would hold the output open for a minute.
        let left = try await outcome(of: "sleep 60 & echo left", options: options).get()
        #expect(String(decoding: left.output, as: UTF8.self) == "left\n" && left.exitCode == 0)
        let ending = Ending()
        let code = await withLoop { _ in
            ChildProcess.run("sh", ["-c", "sleep 60; exit 0"], options: options) { ending.result = $0 }.send(.terminate)
        }
        #expect(code == 0)
        #expect(try ending.result.get().exitCode == 143)
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
        of script: String, timeout: Duration? = nil, limit: Int = 1 << 20,
        options: ChildProcess.Options = ChildProcess.Options()
    ) async -> Result<ChildProcess.Outcome, LoopError> {
        let ending = Ending()
        let code = await withLoop { _ in
            ChildProcess.run("sh", ["-c", script], timeout: timeout, limit: limit, options: options) {
                ending.result = $0
            }
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
