import LoopTesting
import Logging
import Synchronization
import Testing
import UVCore
import UVHTTP

@testable import TaskService

@Suite("What is said of refusals")
struct RefusalLogTests {
    /// Keeps lines and their numbers.
    private final class Lines: LogHandler, @unchecked Sendable {
        let all = Mutex<[String]>([])
        var logLevel = Logger.Level.info
        var metadata: Logger.Metadata = [:]
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { nil }
            set {}
        }

        func log(event: LogEvent) {
            let fields = ["count", "reason"].compactMap { event.metadata?[$0].map { " \($0)" } }.joined()
            all.withLock { $0.append("\(event.level) \(event.message)\(fields)") }
        }
    }

    @Test("The first is said at once, the others once a second with their number, and none is lost")
    func count() async {
        let lines = Lines()
        let clock = ManualClock()
        let code = await withLoop(clock: .manual(clock)) { loop in
            let refusals = RefusalLog(Logger(label: "test") { _ in lines })
            let http = HTTPServer { request, response in
                refusals.count(.token, request)
                #expect(lines.all.withLock { $0 } == ["notice Refused 1 token 1"])
                for _ in 0..<1_000 { refusals.count(.token, request) }
                refusals.count(.origin, request)
                #expect(lines.all.withLock { $0.count } == 1)
                clock.advance(by: .milliseconds(999))
                response.end()
            }
            http.listen(port: 0) {
                let socket = Socket.connect(port: http.address?.port ?? 0, host: "127.0.0.1")
                socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                socket.onClose = { _ in
                    http.close()
                    #expect(lines.all.withLock { $0.count } == 1)
                    clock.advance(by: .milliseconds(1))
                    loop.setTimeout(.milliseconds(1)) {}
                    clock.advance(by: .milliseconds(1))
                }
                socket.resume()
            }
        }
        #expect(code == 0)
        #expect(lines.all.withLock { $0 } == ["notice Refused 1 token 1", "notice Refused 1000 tokens, 1 origin 1001"])
    }

    @Test("A handshake that has failed is said with its reason; a peer that has only gone is not")
    func handshakes() async {
        let lines = Lines()
        _ = await withLoop { _ in
            let refusals = RefusalLog(Logger(label: "test") { _ in lines })
            refusals.count(LoopError(code: -4095, call: "uv_read"), from: nil)
            #expect(lines.all.withLock { $0 } == [])
            refusals.count(LoopError(code: -71, call: "SSL_do_handshake", reason: "http request"), from: nil)
        }
        #expect(lines.all.withLock { $0 } == ["notice Refused 1 handshake 1 http request"])
    }
}
