import Foundation
import LoopTesting
import Testing
import UVCore

/// In processes of their own, which have no descriptor left for a while.
@Suite("A server goes on when connections cannot be accepted")
struct AcceptErrorTests {
    @Test("The loop does not hang, the failure is told once, and the client is served when there is a descriptor again")
    func served() async {
        await #expect(processExitsWith: .success) {
            let log = Log()
            Self.run { loop, clock in
                let server = Server { $0.end("hello") }
                loop.onWarning = { log("warning \($0)") }
                server.listen(port: 0) {
                    guard let address = server.address else { return }
                    Self.converse(by: Socket.connect(port: address.port, host: "127.0.0.1"), with: server, log)
                    server.onAcceptError = { error in
                        log("\(error.name) \(server.isListening) \(server.address == address)")
                        Self.wait(3, on: clock) { Descriptors.allow(1_024) }
                    }
                    // It has begun to connect in a tick before this one.
                    loop.nextTick { Descriptors.allow(0) }
                }
            }
            #expect(log.lines == ["EMFILE true true", "hello", "closed"])
        }
    }

    @Test("At a path, too; its file stays")
    func path() async {
        await #expect(processExitsWith: .success) {
            let log = Log()
            let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
            Self.run { loop, clock in
                let server = Server { $0.end("hello") }
                server.listen(path: path) {
                    Self.converse(by: Socket.connect(path: path), with: server, log)
                    server.onAcceptError = { error in
                        log("\(error.name) \(server.isListening) \(FileManager.default.fileExists(atPath: path))")
                        Self.wait(3, on: clock) { Descriptors.allow(1_024) }
                    }
                    loop.nextTick { Descriptors.allow(0) }
                }
            }
            #expect(log.lines == ["EMFILE true true", "hello", "closed"])
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("Without a handler it is a warning")
    func warning() async {
        await #expect(processExitsWith: .success) {
            let log = Log()
            Self.run { loop, _ in
                let server = Server { _ in }
                loop.onUncaughtError = { log("uncaught \($0)") }
                server.listen(port: 0) {
                    guard let port = server.address?.port else { return }
                    let client = Socket.connect(port: port, host: "127.0.0.1")
                    loop.nextTick { Descriptors.allow(0) }
                    loop.onWarning = {
                        log("\($0)")
                        client.destroy()
                        server.close { log("closed") }
                    }
                }
            }
            let warning = "AcceptWarning: EMFILE: too many open files (uv_accept). The server tries again."
            #expect(log.lines == [warning, "closed"])
        }
    }

    @Test("While the server waits to try again it keeps the loop alive, unless it may not")
    func unreferenced() async {
        await #expect(processExitsWith: .success) {
            let log = Log()
            Self.run { loop, _ in
                let server = Server { _ in }
                server.listen(port: 0) {
                    guard let port = server.address?.port else { return }
                    let client = Socket.connect(port: port, host: "127.0.0.1")
                    loop.nextTick { Descriptors.allow(0) }
                    server.onAcceptError = { _ in
                        log("told")
                        client.destroy()
                        server.unref()
                    }
                }
            }
            #expect(log.lines == ["told"])
        }
    }

    /// Runs a program that is ended if it hangs.
    private static func run(_ main: @escaping @LoopActor (EventLoop, ManualClock) throws -> Void) {
        alarm(60)
        let clock = ManualClock()
        let code = EventLoop.run(clock: .manual(clock)) { loop in try main(loop, clock) }
        // LeakSanitizer opens files at the end of the process, and tries until it can.
        Descriptors.allow(1_024)
        #expect(code == 0)
    }

    /// Logs what the client gets, and then ends all.
    @LoopActor
    private static func converse(by client: Socket, with server: Server, _ log: Log) {
        client.onData = { bytes in
            log(String(decoding: bytes, as: UTF8.self))
            client.destroy()
            server.close { log("closed") }
        }
    }

    /// Lets the server try so often.
    @LoopActor
    private static func wait(_ tries: Int, on clock: ManualClock, _ done: @escaping () -> Void) {
        if tries == 1 { done() }
        clock.advance(by: .milliseconds(100))
        if tries > 1 { EventLoop.current.setImmediate { wait(tries - 1, on: clock, done) } }
    }
}

private enum Descriptors {
    /// Lets this process have so many open; those that are stay.
    static func allow(_ count: rlim_t) {
        var limit = rlimit()
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        getrlimit(resource, &limit)
        limit.rlim_cur = count
        setrlimit(resource, &limit)
    }
}
