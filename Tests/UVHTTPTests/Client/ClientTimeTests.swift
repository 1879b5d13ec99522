import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

@Suite("HTTPClient: each time-out, a millisecond before it and at it")
struct ClientTimeTests {
    /// What a request or its answer has failed with, as a code.
    @LoopActor
    private final class Outcome {
        private(set) var failure: String?

        /// Asks, and reads the answer to its end.
        func ask(_ server: ScriptedServer, _ url: String? = nil, body: [UInt8] = []) {
            server.host.loop.spawn { [self] in
                do {
                    let response = try await server.client.request(.put, url ?? server.url, body: body)
                    for try await _ in response.chunks {}
                } catch let failure as HTTPClient.Failure {
                    self.failure = "\(failure.code) \(failure)"
                } catch HTTPBodyError.failed(let error) {
                    failure = "\(error.code) \(error.message)"
                }
            }
        }
    }

    private static func text(_ kind: HTTPClient.Timeouts.Kind) -> String {
        "ETIMEDOUT \(HTTPClient.Failure.timedOut(kind))"
    }

    /// Expects the failure when `time` has passed, and none a millisecond earlier.
    @LoopActor
    private func expect(
        _ kind: HTTPClient.Timeouts.Kind, of outcome: Outcome, behind time: Duration, _ server: ScriptedServer
    ) async {
        await server.host.pass(time - .milliseconds(1))
        #expect(outcome.failure == nil)
        await server.host.pass(.milliseconds(1))
        #expect(outcome.failure == Self.text(kind))
        await server.until { server.open.isEmpty }
    }

    @Test("Connecting: 10 s, with a server whose system drops what comes")
    func connect() async throws {
        let listener = try #require(SilentListener(host: "127.0.0.1"))
        await withScript(clock: ManualClock()) { _, _ in
        } _: { server in
            let outcome = Outcome()
            outcome.ask(server, "http://127.0.0.1:\(listener.port)/")
            await expect(.connect, of: outcome, behind: .seconds(10), server)
        }
    }

    @Test("The head of the answer: 60 s, whatever comes of it meanwhile")
    func head() async {
        await withScript(clock: ManualClock()) { _, socket in
            socket.onData = { _ in socket.write("HTTP/1.1 200 OK\r\n") }
            let timer = EventLoop.current.setInterval(.seconds(5)) { socket.write("A") }.unref()
            socket.onClose = { _ in timer.cancel() }
        } _: { server in
            let outcome = Outcome()
            outcome.ask(server)
            await server.host.pass(.seconds(59) + .milliseconds(999))
            #expect(outcome.failure == nil)
            await server.host.pass(.milliseconds(1))
            #expect(outcome.failure == Self.text(.head))
        }
    }

    @Test("Between two bytes of the answer: 60 s, from each byte anew")
    func idle() async {
        await withScript(clock: ManualClock()) { _, socket in
            socket.answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na")
        } _: { server in
            let outcome = Outcome()
            outcome.ask(server)
            for _ in 0..<3 {
                await server.host.pass(.seconds(59) + .milliseconds(999))
                #expect(outcome.failure == nil)
                server.open.first?.write("b")
                await server.host.turns()
            }
            await expect(.idle, of: outcome, behind: .seconds(60), server)
        }
    }

    @Test("A body that the server does not take: 60 s, or twice that where it took some of it in the first")
    func sending() async {
        await withScript(clock: ManualClock()) { _, socket in
            socket.pause()
        } _: { server in
            let outcome = Outcome()
            outcome.ask(server, body: [UInt8](repeating: 65, count: 32 << 20))
            var seconds = 0
            while outcome.failure == nil, seconds < 200 {
                await server.host.pass(.seconds(1), in: .seconds(1))
                seconds += 1
            }
            #expect((60...121).contains(seconds))
            #expect(outcome.failure == Self.text(.head))
        }
    }

    @Test("A body that the server takes slowly has no end by that")
    func slowServer() async {
        await withScript(clock: ManualClock()) { _, socket in
            var left = 0
            let timer = EventLoop.current.setInterval(.seconds(30)) {
                left = 4 << 20
                socket.resume()
            }.unref()
            socket.onBytes = { bytes in
                left -= bytes.byteCount
                if left <= 0 { socket.pause() }
            }
            socket.onClose = { _ in timer.cancel() }
        } _: { server in
            let outcome = Outcome()
            outcome.ask(server, body: [UInt8](repeating: 65, count: 64 << 20))
            await server.host.pass(.seconds(300), in: .seconds(5))
            #expect(outcome.failure == nil)
        }
    }

    @Test("An answer whose reader waits has no end by that")
    func slowReader() async {
        await withScript(clock: ManualClock()) { _, socket in
            socket.flood(chunkedHead, "1\r\na\r\n")
        } _: { server in
            let response = try await server.client.get(server.url)
            await server.host.pass(.seconds(600), in: .seconds(10))
            #expect(!response.isAborted)
        }
    }

    @Test("The whole: from the call to the last byte, however steadily they come")
    func whole() async {
        var options = HTTPClient.Options()
        options.timeouts.whole = .seconds(10)
        await withScript(options, clock: ManualClock()) { _, socket in
            socket.onData = { _ in socket.write("HTTP/1.1 200 OK\r\n\r\n") }
            let timer = EventLoop.current.setInterval(.seconds(1)) { socket.write("A") }.unref()
            socket.onClose = { _ in timer.cancel() }
        } _: { server in
            let outcome = Outcome()
            outcome.ask(server)
            await server.host.pass(.seconds(9) + .milliseconds(999))
            #expect(outcome.failure == nil)
            await server.host.pass(.milliseconds(1))
            #expect(outcome.failure == Self.text(.whole))
        }
    }

    @Test(
        "A connection that carries nothing is closed in 15 s, or a second before the server says it closes it",
        arguments: [("", 15), ("Keep-Alive: timeout=5\r\n", 4), ("Keep-Alive: timeout=60\r\n", 15)])
    func keepAlive(_ field: String, _ seconds: Int) async {
        await withScript(clock: ManualClock()) { _, socket in
            socket.answer("HTTP/1.1 200 OK\r\n\(field)Content-Length: 0\r\n\r\n")
        } _: { server in
            try await server.client.get(server.url).resume()
            await server.host.pass(.seconds(seconds - 1))
            #expect(server.open.count == 1)
            // The client looks each second.
            await server.host.pass(.seconds(2))
            #expect(server.open.isEmpty)
        }
    }
}
