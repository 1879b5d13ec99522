import Logging
import LoopTesting
import Testing
import UVCore
import UVHTTP

@testable import TaskService

@Suite("A log that cannot keep anything")
struct StorageFailureTests {
    @Test("A change is answered 503 and not made; reading goes on")
    func failure() async {
        let received = Log()
        let code = await withLoop { loop in
            let log = StubbornLog()
            let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let server = TaskServer(Configuration(), log: quiet, keepingEventsIn: log)
            server.http.listen(port: 0) {
                let body = #"{"title":"a"}"#
                let common = "Host: localhost\r\nAuthorization: secret-admin-123\r\n"
                let socket = Socket.connect(port: server.http.address?.port ?? 0, host: "127.0.0.1")
                socket.onData = { received(String(decoding: $0, as: UTF8.self)) }
                socket.onClose = { _ in server.http.close() }
                socket.write("POST /tasks HTTP/1.1\r\n\(common)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
                socket.write("GET /tasks/count HTTP/1.1\r\n\(common)Connection: close\r\n\r\n")
                @LoopActor func failWhenAsked() {
                    guard log.appended.isEmpty else { return log.fail() }
                    loop.setImmediate { failWhenAsked() }
                }
                failWhenAsked()
            }
        }
        #expect(code == 0)
        let text = received.lines.joined()
        #expect(text.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
        #expect(text.contains(#"{"error":{"code":"STORAGE_UNAVAILABLE","#))
        #expect(!text.contains("disk"), "why is for the operator alone")
        #expect(text.hasSuffix(#"{"count":0}"#))
    }
}
