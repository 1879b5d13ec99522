import LoopTesting
import Testing
import UVCore
import UVHTTP

@testable import TaskService

@Suite("Answers to a page that may use the server")
struct PageAnswersTests {
    /// What the server answers to `request` until it ends the connection, while time goes on in steps of 0.4 s: a longer one would
    /// be a standstill, which counts against no client.
    private func answer(to request: String) async -> String {
        let received = Log()
        let clock = ManualClock()
        let code = await withLoop(clock: .manual(clock)) { loop in
            var configuration = Configuration()
            try configuration.setOrigins(["http://page:81"])
            let server = TaskServer.forTest(configuration)
            server.http.listen(port: 0) {
                let socket = Socket.connect(port: server.http.address?.port ?? 0, host: "127.0.0.1")
                socket.onData = { received(String(decoding: $0, as: UTF8.self)) }
                socket.onClose = { _ in server.http.close() }
                socket.write(request)
                Self.pass(1_000, clock, loop)
            }
        }
        #expect(code == 0)
        return received.lines.joined()
    }

    @LoopActor
    private static func pass(_ steps: Int, _ clock: ManualClock, _ loop: EventLoop) {
        guard steps > 0 else { return }
        loop.setImmediate {
            clock.advance(by: .milliseconds(400))
            pass(steps - 1, clock, loop)
        }
    }

    private static let head = """
        POST /tasks HTTP/1.1\r
        Host: localhost\r
        Origin: http://page:81\r
        Authorization: secret-admin-123\r

        """

    @Test("One that did not arrive in time says so to the page")
    func timeout() async {
        let answer = await answer(to: Self.head + "Content-Length: 10\r\n\r\n{")
        #expect(answer.hasPrefix("HTTP/1.1 408 "))
        #expect(answer.contains("\r\nAccess-Control-Allow-Origin: http://page:81\r\n"))
        #expect(answer.contains("\r\nVary: Origin\r\n"))
    }

    @Test("Bytes that never became a request come from no page")
    func noRequest() async {
        let answer = await answer(to: Self.head)
        #expect(answer.hasPrefix("HTTP/1.1 408 "))
        #expect(answer.contains("\r\nVary: Origin\r\n") && !answer.contains("Access-Control"))
    }
}
