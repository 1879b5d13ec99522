import LoopTesting
import TaskEngine
import TaskStorage
import Testing
import UVCore
import UVHTTP

@testable import TaskService

@Suite("A server that others may take for dead")
struct UnheardServerTests {
    /// What it says to a call about the task 1, which a worker holds with the fence 2.
    ///
    /// - Parameters:
    ///   - wasHeard: Whether it is heard when it is asked.
    ///   - isHeard: Whether it is when the log has kept what was decided.
    private func answer(
        to path: String, _ body: String, wasHeard: Bool = false, isHeard: Bool = false
    ) async -> (text: String, appends: Int) {
        let (received, appends) = (Log(), Count())
        let code = await withLoop { loop in
            let log = StubbornLog(hasOneWriter: false)
            let server = TaskServer.forTest(keepingEventsIn: log)
            @LoopActor func answerLog(until isOver: @escaping () -> Bool) {
                if log.isAsked, log.appended.count > 1 { log.isHeard = isHeard }
                log.answer()
                if !isOver() { loop.setImmediate { answerLog(until: isOver) } }
            }
            @LoopActor func ask() {
                log.isHeard = wasHeard
                let socket = Socket.connect(port: server.http.address?.port ?? 0, host: "127.0.0.1")
                var isClosed = false
                socket.onData = { received(String(decoding: $0, as: UTF8.self)) }
                socket.onClose = { _ in
                    isClosed = true
                    appends.number = log.appended.count
                    server.http.close()
                }
                socket.write(
                    """
                    POST \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: secret-worker-123\r\n\
                    Connection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)
                    """)
                answerLog { isClosed }
            }
            server.http.listen(port: 0) {
                for action in [try .create(1), TaskCommand.Action.claim] {
                    let command = TaskCommand(action, requestID: "r", timestamp: Timestamp(milliseconds: 0))
                    server.board.submit(command) { _ in }
                }
                loop.setImmediate {
                    log.answer()
                    ask()
                }
            }
        }
        #expect(code == 0)
        return (received.lines.joined(), appends.number)
    }

    /// A number that closures share.
    private final class Count: @unchecked Sendable { var number = 0 }

    private let fence = #"{"fence":2}"#
    private var path: String { "/tasks/\(TaskID.queued(1))/renew" }
    private var turn: String { #"{"worker":"w","renew":[{"id":"\#(TaskID.queued(1))","fence":2}]}"# }

    @Test("It renews no lease, and has the log keep nothing for it")
    func renewal() async {
        let (text, appends) = await answer(to: path, fence)
        #expect(text.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
        #expect(text.contains(#"{"error":{"code":"STORAGE_UNAVAILABLE","#))
        #expect(appends == 1)
    }

    @Test("A renewal that the log confirms too late has not been made; one in time has")
    func late() async {
        for isHeard in [false, true] {
            let (text, appends) = await answer(to: path, fence, wasHeard: true, isHeard: isHeard)
            #expect(text.contains(#"{"lease":{"worker":"w","fence":2,"#) == isHeard)
            #expect(text.contains("STORAGE_UNAVAILABLE") != isHeard)
            #expect(appends == 2)
        }
    }

    @Test("Of a turn its renewals alone are refused")
    func turns() async {
        for (wasHeard, isHeard) in [(false, false), (true, false), (false, true), (true, true)] {
            let (text, _) = await answer(to: "/tasks/work", turn, wasHeard: wasHeard, isHeard: isHeard)
            let isRenewed = wasHeard && isHeard
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(text.contains(#""ok":true,"lease":{"worker":"w","fence":2,"#) == isRenewed)
            #expect(text.contains(#""error":{"code":"STORAGE_UNAVAILABLE","#) != isRenewed)
        }
        let ended = await answer(
            to: "/tasks/work", #"{"worker":"w","complete":[{"id":"\#(TaskID.queued(1))","fence":2}]}"#)
        #expect(ended.text.contains(#""complete":[{"id":"\#(TaskID.queued(1))","ok":true}]"#))
    }

    @Test("It ends tasks as ever")
    func ends() async {
        let (text, _) = await answer(to: "/tasks/\(TaskID.queued(1))/complete", fence)
        #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n") && text.contains(#""state":"completed""#))
    }
}
