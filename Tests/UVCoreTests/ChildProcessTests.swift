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

    @Test("Its time goes on behind its exit, while what it has left running holds its output")
    func timeoutBehindExit() async {
        let result = await outcome(of: "sleep 5 & exit 0", timeout: .milliseconds(200))
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

    @Test(
        "Any number is a length of errors; one below zero keeps none",
        arguments: [(Int.max, 3), (0, 0), (-1, 0), (.min, 0)])
    func errorLengths(longest: Int, count: Int) async throws {
        var options = ChildProcess.Options()
        options.longestErrors = longest
        #expect(try await outcome(of: "printf abc >&2", options: options).get().errors.count == count)
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
            ChildProcess.run("sh", ["-c", "sleep 60; exit 0"], options: options) { ending.result = $0 }.kill()
        }
        #expect(code == 0)
        #expect(try ending.result.get().exitCode == 143)
    }

    @Test("A channel goes both ways, as descriptor 3, and ends with the program")
    func channel() async {
        let log = Log()
        let code = await withLoop { _ in
            var options = ChildProcess.Options()
            options.hasChannel = true
            let script = "read -r line <&3; echo \"got $line\" >&3; read -r line <&3 || exit 7"
            let child = ChildProcess.run("sh", ["-c", script], collecting: false, options: options) { result in
                log("ended \((try? result.get().exitCode) ?? 0)")
            }
            child.channel?.onClose = { _ in log("closed") }
            child.channel?.onData = { bytes in
                log(String(decoding: bytes, as: UTF8.self))
                child.channel?.destroy()
            }
            child.channel?.write("word\n")
        }
        #expect(code == 0 && log.lines == ["got word\n", "closed", "ended 7"])
    }

    @Test("A channel that the program leaves open is closed at its end")
    func channelEnd() async {
        let log = Log()
        let code = await withLoop { _ in
            var options = ChildProcess.Options()
            options.hasChannel = true
            let child = ChildProcess.run("sh", ["-c", "exec sleep 50"], collecting: false, options: options) { _ in
                log("ended")
            }
            child.channel?.onClose = { _ in log("closed") }
            child.kill(.kill)
        }
        #expect(code == 0 && log.lines.sorted() == ["closed", "ended"])
    }

    @Test("Descriptors are those from 3 on, behind the channel if there is one", arguments: [false, true])
    func descriptors(hasChannel: Bool) async throws {
        let file = open("/dev/zero", O_RDONLY)
        defer { close(file) }
        var options = ChildProcess.Options()
        options.hasChannel = hasChannel
        options.descriptors = [file]
        let script = "head -c 5 <&\(hasChannel ? 4 : 3)"
        #expect(try await outcome(of: script, options: options).get().output == [0, 0, 0, 0, 0])
        let surplus = try await outcome(of: "true <&\(hasChannel ? 5 : 4)", options: options).get()
        #expect(surplus.exitCode != 0, "and no others")
    }

    @Test("A program that is not there has no channel for long")
    func channelOfNone() async {
        let log = Log()
        let code = await withLoop { _ in
            var options = ChildProcess.Options()
            options.hasChannel = true
            let child = ChildProcess.run("/no/such/program", collecting: false, options: options) { _ in log("ended") }
            child.channel?.write("lost")
            #expect(child.lastProcessID == nil)
        }
        #expect(code == 0 && log.lines == ["ended"])
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
