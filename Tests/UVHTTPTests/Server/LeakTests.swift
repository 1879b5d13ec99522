import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

@Suite("Nothing is left of requests that are over")
struct LeakTests {
    /// Objects that should be gone by now.
    @LoopActor
    private final class Witness {
        private struct Weak {
            weak var object: AnyObject?
        }

        private var objects: [Weak] = []

        func watch(_ object: AnyObject?) { objects.append(Weak(object: object)) }

        var count: Int { objects.count }

        var alive: [String] { objects.compactMap { $0.object.map { "\(type(of: $0))" } } }
    }

    /// What a program gives to a request.
    private final class Token {}

    /// How requests end.
    enum Way: CaseIterable {
        case answered, withCallbacks, closing, unreadBody, unreadBodyAndClosing, collected, chunks, large, upgraded
        case upgradedBehindLarge, badBody, badBodyAfterHead, badBodyAfterAnswer, aborted, abortedInBody, neverAnswered
        case failing, endedByServer, timedOut
    }

    @LoopActor
    private func handle(_ way: Way, _ request: IncomingMessage, _ response: ServerResponse) throws {
        // Each closure holds what it is set on.
        let hold: () -> Void = { _ = (request.isComplete, response.isEnded) }
        request.onEnd = hold
        request.onAborted = hold
        request.onError = { _ in hold() }
        request.onClose = hold
        response.onDrain = hold
        response.onFinish = hold
        response.onClose = hold
        switch way {
        case .answered: response.end("x")
        case .withCallbacks:
            request.onData = { _ in hold() }
            response.end("x")
        case .closing:
            response.keepsConnection = false
            response.end("x")
        case .unreadBody, .badBodyAfterAnswer: response.end("x")
        case .unreadBodyAndClosing:
            request.onData = { _ in hold() }
            response.keepsConnection = false
            response.end("x")
        case .collected: request.collect { body in response.end(try body.get()) }
        case .chunks:
            response.answer(request) { request, response in
                for try await chunk in request.chunks { response.write(chunk) }
                response.end()
            }
        case .large, .upgradedBehindLarge: response.end([UInt8](repeating: 120, count: 100_000))
        case .badBody: request.onData = { _ in hold() }
        case .badBodyAfterHead, .abortedInBody, .timedOut: request.onData = { response.write($0) }
        case .aborted, .neverAnswered, .upgraded: response.write("x")
        case .failing: throw Thrown("in the handler")
        case .endedByServer: response.fail(.internalServerError)
        }
    }

    private func bytes(_ way: Way) -> String {
        let upgrade = "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"
        let chunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
        return switch way {
        case .answered, .closing, .large, .aborted, .neverAnswered, .failing, .endedByServer:
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        case .withCallbacks, .collected, .chunks, .unreadBody: chunked + "0\r\n\r\n"
        case .unreadBodyAndClosing, .abortedInBody, .timedOut: chunked
        case .badBody, .badBodyAfterHead, .badBodyAfterAnswer: chunked + "zz\r\n"
        case .upgraded: upgrade
        case .upgradedBehindLarge: "GET / HTTP/1.1\r\nHost: x\r\n\r\n" + upgrade
        }
    }

    @Test("Whichever way a request ends, it goes with all that belongs to it", arguments: Way.allCases)
    func ways(_ way: Way) async {
        await withServer(clock: ManualClock()) { server in
            let witness = Witness()
            server.http.onHandlerError = { _, _, response in response.fail() }
            server.http.onClientError = { _, response in witness.watch(response.exchange) }
            server.http.onUpgrade = { request, socket, _ in
                witness.watch(request.exchange)
                witness.watch(socket)
                socket.onData = { _ in _ = socket.isDestroyed }
                socket.end("bye")
            }
            server.onRequest = { request, response in
                witness.watch(request.exchange)
                witness.watch(response.exchange)
                try self.handle(way, request, response)
            }
            let clients = (0..<3).map { _ in server.connect() }
            for client in clients { client.send(self.bytes(way)) }
            await server.turns(20)
            for connection in server.http.state.connections {
                witness.watch(connection)
                witness.watch(connection.socket)
            }
            if way == .timedOut { await server.pass(.seconds(25)) }
            for client in clients { client.destroy() }
            await server.turns(10)
            // A client that has ended while its answer is not, may have ended its side alone.
            if server.http.connectionCount > 0 { await server.pass(.seconds(62), in: .seconds(1)) }
            await server.turns(10)
            #expect(witness.count >= 6)
            #expect(witness.alive == [])
            #expect(server.http.connectionCount == 0)
        }
    }

    @Test("A thousand requests on one connection leave nothing but the connection")
    func thousand() async {
        await withServer { server in
            let witness = Witness()
            var exchanges: Set<ObjectIdentifier> = []
            server.onRequest = { request, response in
                exchanges.insert(ObjectIdentifier(request.exchange))
                let (inRequest, inClosures) = (Token(), Token())
                witness.watch(inRequest)
                witness.watch(inClosures)
                request[Token.self] = inRequest
                request.onClose = { _ = (request, inClosures) }
                response.onDrain = { _ = (response, inClosures) }
                request.collect { body in response.end(try body.get()) }
            }
            let client = server.connect()
            client.send(String(repeating: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n.", count: 1_000))
            // Sixteen a turn, and fewer on a machine that is busy.
            while witness.count < 2_000 { await server.turns(50) }
            await server.turns(50)
            server.http.clearUsedExchanges()
            #expect(witness.count == 2_000)
            #expect(witness.alive == [])
            #expect(exchanges.count <= 64)
            #expect(server.http.connectionCount == 1)
        }
    }

    @Test("A server that was closed goes, too, with its router and its listener")
    func server() async {
        await withServer { server in
            let witness = Witness()
            await Self.serveOnce(witness, server)
            await server.turns(10)
            #expect(witness.count == 2)
            #expect(witness.alive == [])
        }
    }

    @LoopActor
    private static func serveOnce(_ witness: Witness, _ test: TestServer) async {
        let router = Router()
        router.use { _, _, next in try next() }
        router.get("/") { (_: IncomingMessage, response: ServerResponse) in response.end("x") }
        let server = HTTPServer(router)
        server.onError = { _ in _ = server.connectionCount }
        witness.watch(router)
        witness.watch(server)
        await withUnsafeContinuation { continuation in
            server.listen(port: 0) { continuation.resume() }
        }
        let client = TestClient(port: server.address?.port ?? 0, staysOpen: false)
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await client.until("x")
        server.close()
        await client.untilClosed()
        server.onError = nil
    }
}
