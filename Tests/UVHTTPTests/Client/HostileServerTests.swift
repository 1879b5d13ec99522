import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

@Suite("HTTPClient: servers that mean harm, or are slow")
struct HostileServerTests {
    /// The code of a client's failure on a server that does `serve` on each connection.
    private func failure(
        clock: ManualClock? = nil, passing time: Duration = .zero, _ serve: @escaping @LoopActor (Socket) -> Void
    ) async -> String? {
        let failed = Log()
        await withServer(clock: clock) { host in
            let server = Server { socket in
                socket.onError = { _ in }
                serve(socket)
            }
            await withUnsafeContinuation { continuation in
                server.listen(port: 0, host: "127.0.0.1") { _ in continuation.resume() }
            }
            let client = HTTPClient()
            var isOver = false
            client.get("http://127.0.0.1:\(server.address?.port ?? 0)/") { result in
                if case .failure(let failure) = result { failed(failure.code) }
                isOver = true
            }
            var rest = time
            while !isOver {
                await host.pass(rest > .zero ? .seconds(1) : .zero, in: .seconds(1))
                rest -= .seconds(1)
            }
            client.closeAllConnections()
            server.close()
        }
        return failed.lines.first
    }

    /// Writes `piece` for as long as the other side takes it.
    @LoopActor
    private func flood(_ socket: Socket, _ start: String, _ piece: String) {
        socket.write(start)
        let block = String(repeating: piece, count: 2_000)
        func go() { while socket.isWritable, socket.write(block) {} }
        socket.onDrain = { go() }
        socket.onData = { _ in go() }
    }

    @Test("A head without end costs no more than the limit on heads")
    func endlessHead() async {
        let failed = await failure { flood($0, "HTTP/1.1 200 OK\r\n", "A: b\r\n") }
        #expect(failed == "HPE_HEADER_OVERFLOW")
    }

    @Test("A field without end costs no more than the limit on heads")
    func endlessField() async {
        let failed = await failure { flood($0, "HTTP/1.1 200 OK\r\nA: ", "b") }
        #expect(failed == "HPE_HEADER_OVERFLOW")
    }

    @Test("Heads before the answer without end are refused")
    func endlessInterimHeads() async {
        let failed = await failure { flood($0, "", "HTTP/1.1 103 Early Hints\r\n\r\n") }
        #expect(failed == "ERR_HTTP_TOO_MANY_INTERIM_HEADS")
    }

    @Test("A head that comes byte by byte has the time of a head, and not of its bytes")
    func slowHead() async {
        let clock = ManualClock()
        let failed = await failure(clock: clock, passing: .seconds(70)) { socket in
            socket.onData = { _ in socket.write("HTTP/1.1 200 OK\r\n") }
            let timer = EventLoop.current.setInterval(.seconds(5)) { socket.write("A") }
            socket.onClose = { _ in timer.cancel() }
        }
        #expect(failed == "ETIMEDOUT")
    }

    @Test("A server that says nothing has a minute")
    func silence() async {
        let failed = await failure(clock: ManualClock(), passing: .seconds(70)) { $0.onData = { _ in } }
        #expect(failed == "ETIMEDOUT")
    }
}
