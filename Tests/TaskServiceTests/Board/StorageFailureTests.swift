import Foundation
import LoopTesting
import TaskEngine
import TaskStorage
import Testing
import UVCore
import UVHTTP

@testable import TaskService

@Suite("A log that cannot keep anything")
struct StorageFailureTests {
    /// What the server says to a POST whose append fails so, and then to `GET` of a path.
    private func answers(_ error: LogError, then path: String, inTrouble: Bool = false) async -> String {
        let received = Log()
        let code = await withLoop { loop in
            let log = StubbornLog()
            let server = TaskServer.forTest(keepingEventsIn: log)
            server.http.listen(port: 0) {
                let body = #"{"title":"a"}"#
                let common = "Host: localhost\r\nAuthorization: secret-admin-123\r\n"
                let socket = Socket.connect(port: server.http.address?.port ?? 0, host: "127.0.0.1")
                socket.onData = { received(String(decoding: $0, as: UTF8.self)) }
                socket.onClose = { _ in server.http.close() }
                socket.write("POST /tasks HTTP/1.1\r\n\(common)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
                @LoopActor func failWhenAsked() {
                    guard log.appended.isEmpty else {
                        if inTrouble { log.trouble = error.message }
                        log.fail(error)
                        socket.write("GET \(path) HTTP/1.1\r\n\(common)Connection: close\r\n\r\n")
                        return
                    }
                    loop.setImmediate { failWhenAsked() }
                }
                failWhenAsked()
            }
        }
        #expect(code == 0)
        return received.lines.joined()
    }

    @Test("A change is answered 503 and not made; reading goes on")
    func failure() async {
        let text = await answers(.refused("the disk is full"), then: "/tasks/count")
        #expect(text.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
        #expect(text.contains(#"{"error":{"code":"STORAGE_UNAVAILABLE","#))
        #expect(!text.contains("disk"), "why is for the operator alone")
        #expect(text.hasSuffix(#"{"count":0}"#))
    }

    @Test("A server that ends while it reads its tasks has not failed")
    func endedWhileReading() async {
        let code = await withLoop { _ in
            let log = StubbornLog()
            log.readsOn = true
            TaskServer.forTest(keepingEventsIn: log).leave(0)
            #expect(log.isClosed)
        }
        #expect(code == 0)
    }

    @Test("A change of which nothing is known is answered so")
    func unknown() async {
        let text = await answers(.unknown("no answer"), then: "/tasks/count")
        #expect(text.contains(#"{"error":{"code":"OUTCOME_UNKNOWN","#))
    }

    @Test("While nothing can be kept the server is not ready, and healthy", arguments: [true, false])
    func readiness(inTrouble: Bool) async {
        let ready = await answers(.refused("the disk is full"), then: "/ready", inTrouble: inTrouble)
        #expect(ready.contains(#""status":"ready""#) == !inTrouble)
        #expect(ready.components(separatedBy: "STORAGE_UNAVAILABLE").count == (inTrouble ? 3 : 2))
        let healthy = await answers(.refused("the disk is full"), then: "/health", inTrouble: inTrouble)
        #expect(healthy.contains(#""status":"healthy""#))
    }

    @Test("Until its tasks are read a server answers 503, but is healthy")
    func loading() async {
        let received = Log()
        let code = await withLoop { _ in
            let log = SlowLog()
            let server = TaskServer.forTest(keepingEventsIn: log)
            server.http.listen(port: 0) {
                let socket = Socket.connect(port: server.http.address?.port ?? 0, host: "127.0.0.1")
                var paths = ["/health", "/ready", "/tasks", "/", "/ready", "/tasks"]
                @LoopActor func ask() {
                    guard !paths.isEmpty else { return socket.end() }
                    if paths.count == 2 { log.finish() }
                    let path = paths.removeFirst()
                    socket.write("GET \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: secret-admin-123\r\n\r\n")
                }
                socket.onData = { bytes in
                    received(String(String(decoding: bytes, as: UTF8.self).prefix(12)))
                    ask()
                }
                socket.onClose = { _ in server.http.close() }
                ask()
            }
        }
        #expect(code == 0)
        #expect(received.lines == [200, 503, 503, 503, 200, 200].map { "HTTP/1.1 \($0)" })
    }
}

/// A log that takes its time to read what it has.
@LoopActor
private final class SlowLog: EventLog {
    let hasOneWriter = true
    let trouble: String? = nil
    var onTrouble: ((String?) -> Void)?
    var onOutcome: ((AppendOutcome) -> Void)?
    private var loading: ((Result<LogStart, LogError>) -> Void)?
    private let memory = MemoryLog()

    func open(_ done: @escaping (Result<Void, LogError>) -> Void) { memory.open(done) }

    func load(_ done: @escaping (Result<LogStart, LogError>) -> Void) { loading = done }

    func finish() { if let loading { memory.load(loading) } }

    func append(_ events: [TaskEvent], behind position: LogPosition) -> AppendOutcome? {
        memory.append(events, behind: position)
    }

    func events(after sequence: Int, limit: Int, _ done: @escaping (Result<LogHistory, LogError>) -> Void) {
        memory.events(after: sequence, limit: limit, done)
    }

    func close(_ done: @escaping () -> Void) { memory.close(done) }
}
