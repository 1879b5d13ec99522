import LoopTesting
import Testing
import UVCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("Programs that run beside this one")
struct SpawnTests {
    @LoopActor
    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("What is written to its input it reads, and its output and errors come apart; its close comes last")
    func pipes() async {
        let lines = await loggedLoop { _, log in
            let script = "read -r line; echo \"got $line\"; cat; echo bad >&2; exit 3"
            let child = ChildProcess.spawn("sh", ["-c", script])
            child.output?.onData = { log("out \(Self.text($0))") }
            child.errors?.onData = { log("err \(Self.text($0))") }
            child.onExit = { exit in log("exit \(exit == .code(3)) \(child.processID == nil)") }
            child.onClose = { log("close \(child.exit == .code(3))") }
            child.input?.write("one\n") { error in
                log("written \(error == nil)")
                child.output?.onData = { bytes in
                    log("out \(Self.text(bytes))")
                    child.input?.end("two") { log("ended \($0 == nil)") }
                    child.output?.onData = { log("out \(Self.text($0))") }
                }
            }
            log("called \(child.processID != nil) \(child.exit == nil)")
        }
        #expect(lines.starts(with: ["called true true", "written true", "out got one\n", "ended true"]))
        #expect(lines.last == "close true")
        #expect(Set(lines.dropFirst(4).dropLast()) == ["out two", "err bad\n", "exit true true"])
    }

    @Test("A stream that is ignored has nothing to read, and loses what is written; one that is no pipe is no socket")
    func ignored() async {
        let lines = await loggedLoop { _, log in
            let child = ChildProcess.spawn(
                "sh", ["-c", "cat; echo lost; echo lost >&2"], input: .ignore, output: .ignore, errors: .ignore)
            log("\(child.input == nil && child.output == nil && child.errors == nil)")
            child.onExit = { log("\($0)") }
            child.onClose = { log("close") }
        }
        #expect(lines == ["true", "code(0)", "close"])
    }

    @Test("Output that no reader was set for does not hold up the close; a reader set at the exit gets all")
    func unread() async {
        let lines = await loggedLoop { _, log in
            let child = ChildProcess.spawn("sh", ["-c", "echo text; echo more >&2"])
            child.onExit = { _ in child.errors?.onData = { log(Self.text($0)) } }
            child.onClose = { log("close") }
        }
        #expect(lines == ["more\n", "close"])
    }

    @Test("A program that is not there: the error in a tick, then the close, and no exit", arguments: [false, true])
    func missing(isHandled: Bool) async {
        let lines = await loggedLoop { loop, log in
            let child = ChildProcess.spawn("/no/such/program")
            if isHandled { child.onError = { log("\($0.code == .noSuchFile) \($0.call)") } }
            child.onExit = { _ in log("exit") }
            child.onClose = { log("close \(child.exit == nil)") }
            child.input?.write("lost")
            #expect(!child.kill() && child.processID == nil)
            log("called")
        }
        let error = isHandled ? "true uv_spawn" : "uncaught ENOENT: no such file or directory (uv_spawn)"
        #expect(lines == ["called", error, "close true"])
    }

    @Test("A folder that is not there, and a text that C would cut", arguments: ["folder", "word", "variable"])
    func refused(place: String) async {
        let lines = await loggedLoop { _, log in
            let child = ChildProcess.spawn(
                "true", place == "word" ? ["a\0b"] : [], environment: place == "variable" ? ["A": "\0"] : nil,
                folder: place == "folder" ? "/no/such/folder" : nil)
            child.onError = { log($0.name) }
        }
        #expect(lines == [place == "folder" ? "ENOENT" : "EINVAL"])
    }

    @Test("It has the arguments, the environment and the folder that it is given, and no shell reads them")
    func surroundings() async throws {
        let lines = await loggedLoop { _, log in
            let child = ChildProcess.spawn(
                "sh", ["-c", "echo \"$1|$NAME|$HOME|$PWD\"", "sh", "a b; $HOME"],
                environment: ["PATH": "/usr/bin:/bin", "NAME": "value"], folder: "/")
            child.output?.onData = { log(Self.text($0)) }
        }
        #expect(lines == ["a b; $HOME|value||/\n"])
    }

    @Test("A signal ends it, and another one has nothing to reach")
    func signals() async {
        let lines = await loggedLoop { _, log in
            let child = ChildProcess.spawn("sleep", ["60"])
            child.onExit = { exit in log("\(exit == .signal(.terminate)) \(child.kill())") }
            log("\(child.kill())")
        }
        #expect(lines == ["true", "true false"])
    }

    @Test("What is open here is not open there")
    func descriptors() async throws {
        let lines = await loggedLoop { _, log in
            @LoopActor func list(_ then: @escaping () throws -> Void) {
                ChildProcess.run("sh", ["-c", "ls /proc/self/fd | wc -l"]) { result in
                    log(Self.text(try result.get().output))
                    try then()
                }
            }
            list {
                Connection.open { connection in
                    let other = ChildProcess.spawn("sleep", ["60"])
                    list {
                        other.kill()
                        connection.destroy()
                    }
                }
            }
        }
        #expect(lines.count == 2 && lines.first == lines.last)
    }

    @Test("One that is let go by the loop is ended with it, and leaves no zombie")
    func unreferenced() async throws {
        nonisolated(unsafe) var id: Int32?
        let code = await withLoop { _ in
            let child = ChildProcess.spawn("sleep", ["60"], input: .ignore, output: .ignore, errors: .ignore)
            child.onExit = { _ in Issue.record("called after the end") }
            child.unref()
            id = child.processID
        }
        #expect(code == 0)
        #expect(kill(try #require(id), 0) == -1 && errno == ESRCH)
    }

    @Test("A task that is cancelled kills the program that it runs", arguments: [false, true])
    func cancelled(isEarly: Bool) async {
        let lines = await loggedLoop { loop, log in
            let task = loop.spawn {
                do throws(LoopError) {
                    _ = try await ChildProcess.run("sleep", ["60"])
                } catch {
                    log("\(error.isCancelled)")
                }
            }
            if isEarly { task.cancel() } else { loop.setImmediate { task.cancel() } }
        }
        #expect(lines == ["true"])
    }

    @Test("The limit of a program that is run counts for what it has left running, too")
    func limitOfLeftOver() async {
        let lines = await loggedLoop { _, log in
            let script = "(while :; do echo more; done) & exit 0"
            ChildProcess.run("sh", ["-c", script], limit: 100_000) { result in
                if case .failure(let error) = result { log(error.name) }
            }
        }
        #expect(lines == ["ENOBUFS"])
    }
}
