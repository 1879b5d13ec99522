import Testing
import UVCore

@Suite("A program that main runs ends the process with its code")
struct LoopMainTests {
    @Test("The code is the one that exit was given, 0 at a natural end, and 1 after an error")
    func codes() async {
        await #expect(processExitsWith: .exitCode(7)) {
            EventLoop.main { loop in loop.setImmediate { loop.exit(7) } }
        }
        await #expect(processExitsWith: .success) {
            EventLoop.main { loop in loop.setImmediate {} }
        }
        await #expect(processExitsWith: .exitCode(1)) {
            EventLoop.main { _ in throw CancellationError() }
        }
    }

    @Test("What standard output still holds is written")
    func output() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            EventLoop.main { loop in loop.nextTick { print("the last line", terminator: "") } }
        }
        let text = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
        #expect(text.contains("the last line"))
    }

    @Test("An address that is taken is named, and the code is 1")
    func addressInUse() async {
        let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
            EventLoop.main { loop in
                Server { _ in }.listen(port: 0) { server in
                    let port = server.address?.port ?? 0
                    StandardStream.error.write("port \(port)\n")
                    Server { _ in }.listen(port: port)
                }
            }
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        let port = text.split(separator: "\n").first { $0.hasPrefix("port ") }?.dropFirst(5) ?? "?"
        #expect(text.contains("Uncaught error: EADDRINUSE: address already in use 127.0.0.1:\(port) (uv_"), "\(text)")
    }

    @Test("An address that refuses is named, too")
    func refused() async {
        let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
            EventLoop.main { loop in
                Server { _ in }.listen(port: 0) { server in
                    let port = server.address?.port ?? 0
                    StandardStream.error.write("port \(port)\n")
                    server.close { Socket.connect(port: port, host: "127.0.0.1") }
                }
            }
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        let port = text.split(separator: "\n").first { $0.hasPrefix("port ") }?.dropFirst(5) ?? "?"
        #expect(text.contains("ECONNREFUSED: connection refused 127.0.0.1:\(port) (uv_tcp_connect)"), "\(text)")
    }
}
