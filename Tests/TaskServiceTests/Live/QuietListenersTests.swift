import LoopTesting
import TaskEngine
import Testing
import UVCore
import UVHTTP
import UVWebSocket

@testable import TaskService

/// What listeners are told while nothing happens for them, by a clock that the test moves.
@Suite("Listeners that hear nothing")
struct QuietListenersTests {
    @Test("A client that keeps its position is told it each 30 s in which it hears nothing, and no other client is")
    func positions() async {
        await onServer { server, clock in
            let keeping = try await Listener(server, "?since=&rooms=project-a")
            let other = try await Listener(server, "?rooms=project-a")
            server.change("not for them", project: nil)
            clock.advance(by: .milliseconds(29_999))
            await turns()
            #expect(keeping.take() == ["connection.ready"] && other.take() == ["connection.ready"])
            clock.advance(by: .milliseconds(1))
            await turns()
            #expect(keeping.take() == ["position 1"])
            server.change("for both", project: "a")
            clock.advance(by: .seconds(30))
            await turns()
            #expect(keeping.take() == ["task.created 2"], "that was its position")
            clock.advance(by: .seconds(30))
            await turns()
            #expect(keeping.take() == ["position 2"])
            #expect(other.take() == ["task.created 2"])
            other.socket.send(#"{"type":"subscribe","rooms":["x"],"since":null}"#)
            await turns()
            clock.advance(by: .seconds(30))
            await turns()
            #expect(other.take() == ["subscription.confirmed", "position 2"], "it has given its position")
        }
    }

    @Test("A stream has a comment each 15 s, and its position with it")
    func comments() async {
        await onServer { server, clock in
            let epoch = server.live.history.epochName
            let stream = try Socket.connect(port: #require(server.http.address?.port), host: "127.0.0.1")
            var received = ""
            stream.onData = { received += String(decoding: $0, as: UTF8.self) }
            stream.write("GET /events/stream?rooms=project-a HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await turns()
            #expect(received.contains("retry: 2000\n\n"))
            server.change("not for it", project: nil)
            received = ""
            clock.advance(by: .milliseconds(14_999))
            await turns()
            #expect(received.isEmpty)
            for number in 1...3 {
                clock.advance(by: number == 1 ? .milliseconds(1) : .seconds(15))
                await turns()
                #expect(received.contains(":\nid: \(epoch):1\n\n"))
                received = ""
            }
            stream.destroy()
        }
    }

    private func onServer(_ body: @escaping @LoopActor (TaskServer, ManualClock) async throws -> Void) async {
        let clock = ManualClock()
        let log = Log()
        _ = await withLoop(clock: .manual(clock)) { loop in
            let server = TaskServer.forTest()
            server.http.listen(port: 0) {
                loop.spawn {
                    try await body(server, clock)
                    log("done")
                    loop.exit(0)
                }
            }
        }
        #expect(log.lines == ["done"])
    }
}

/// Lets the loop turn: whatever is on its way between two ends arrives.
@LoopActor
private func turns() async {
    for _ in 0..<10 { await EventLoop.current.nextCheck() }
}

extension TaskServer {
    /// Makes a task.
    fileprivate func change(_ title: String, project: String?) {
        var fields = TaskFields()
        try? fields.set(title: title)
        try? fields.set(project: project)
        let action = TaskCommand.Action.create(board.nextID(at: .now), fields)
        board.submit(TaskCommand(action, requestID: "r", timestamp: .now)) { _ in }
    }
}

/// A client, and what it was told.
@LoopActor
private final class Listener {
    let socket: WebSocket
    private var heard: [String] = []

    init(_ server: TaskServer, _ query: String) async throws {
        let port = try #require(server.http.address?.port)
        let url = try #require(WebSocketURL("ws://localhost:\(port)/ws/tasks\(query)"))
        socket = try await WebSocketClient.connect(to: url)
        socket.onMessage = { [unowned self] message in
            guard case .some(let members) = try JSONTree.readMembers(["event", "seq", "rooms"], of: message.bytes),
                case .string(let event) = members[0]
            else { return }
            // An answer has its rooms; what is told, its number.
            if case .integer(let sequence) = members[1], members[2] == nil {
                heard.append("\(event) \(sequence)")
            } else {
                heard.append(event)
            }
        }
    }

    /// What has come since the last call.
    func take() -> [String] {
        defer { heard = [] }
        return heard
    }
}
