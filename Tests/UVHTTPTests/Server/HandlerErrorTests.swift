import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

@Suite("Handlers that fail")
struct HandlerErrorTests {
    private static let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    private static let failure =
        "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain; charset=utf-8\r\n"
        + "Connection: keep-alive\r\nKeep-Alive: timeout=5\r\nContent-Length: 22\r\n\r\nInternal Server Error\n"

    /// Where the error is thrown.
    enum Place: CaseIterable {
        case handler, task, onData, onEnd, collect
    }

    @LoopActor
    private func handler(
        failingIn place: Place, _ server: TestServer, _ first: @escaping (ServerResponse) -> Void
    ) -> HTTPServer.Handler {
        { request, response in
            let fail = {
                first(response)
                throw Thrown("from \(place)")
            }
            switch place {
            case .handler: try fail()
            case .task:
                let other = HTTPServer { (_: IncomingMessage, _: ServerResponse) async throws in
                    await server.loop.nextTurn()
                    try fail()
                }
                try other.handler(request, response)
            case .onData: request.onData = { _ in try fail() }
            case .onEnd:
                request.onEnd = fail
                request.resume()
            case .collect: request.collect { _ in try fail() }
            }
        }
    }

    private static let post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"

    @Test("Before the head the request is answered 500, and the connection goes on", arguments: Place.allCases)
    func beforeHead(_ place: Place) async {
        await withServer { server in
            server.http.onHandlerError = { error, request, response in
                #expect("\(error)" == "from \(place)")
                #expect(request.method == .post)
                response.fail()
            }
            server.onRequest = self.handler(failingIn: place, server) { response in
                response.status = .created
                response.setHeader(.contentLength, "100")
                response.setHeader(.setCookie, "secret")
            }
            let client = server.connect()
            for _ in 1...2 {
                client.send(Self.post)
                await server.turns()
            }
            #expect(client.text == Self.failure + Self.failure)
        }
    }

    @Test("After the head the connection ends, since the client could not tell", arguments: Place.allCases)
    func afterHead(_ place: Place) async {
        await withServer { server in
            server.http.onHandlerError = { _, _, response in response.fail() }
            server.onRequest = self.handler(failingIn: place, server) { $0.write("begun") }
            let client = server.connect()
            client.send(Self.post)
            await client.untilClosed()
            #expect(!client.text.contains("0\r\n\r\n"))
            #expect(!client.text.contains("500"))
        }
    }

    @Test("After the end the answer stands", arguments: Place.allCases, [false, true])
    func afterEnd(_ place: Place, isPending: Bool) async {
        await withServer { server in
            var answer = {}
            server.http.onHandlerError = { _, _, response in response.fail() }
            let failing = self.handler(failingIn: place, server) { $0.end("answer") }
            server.onRequest = { request, response in
                if request.method == .get { return answer = { response.end("first") } }
                try failing(request, response)
            }
            let client = server.connect()
            client.send((isPending ? Self.get : "") + Self.post)
            await server.turns()
            answer()
            await client.until("answer")
            #expect(client.text.hasSuffix("Content-Length: 6\r\n\r\nanswer"))
            #expect(client.text.contains("first") == isPending)
            #expect(!client.hasEnded)
        }
    }

    @Test("What waits for its turn was not sent, so it is answered 500 after all")
    func waiting() async {
        await withServer { server in
            server.http.onHandlerError = { _, _, response in response.fail() }
            var answer = {}
            server.onRequest = { request, response in
                if request.method == .get { return answer = { response.end("first") } }
                response.write("begun")
                response.addTrailers([.server: "x"])
                throw Thrown("behind")
            }
            let client = server.connect()
            client.send(Self.get + Self.post)
            await server.turns()
            answer()
            await client.until("0\r\n\r\n")
            #expect(client.text.hasSuffix("\r\n\r\nfirst" + Self.failure))
        }
    }

    @Test("The program may answer in its own way, or fail at that, too")
    func ownAnswer() async {
        await withServer { server in
            let log = Log()
            server.loop.onUncaughtError = { log("uncaught \($0)") }
            server.onRequest = { _, _ in throw Thrown("from the handler") }
            server.http.onHandlerError = { error, _, response in
                response.status = .serviceUnavailable
                response.end("\(error)")
            }
            #expect(await server.exchange("GET / HTTP/1.0\r\n\r\n").hasSuffix("\r\n\r\nfrom the handler"))
            server.http.onHandlerError = { _, _, _ in throw Thrown("again") }
            let client = server.connect()
            client.send(Self.get)
            await server.turns()
            #expect(log.lines == ["uncaught again"])
        }
    }

    @Test("A body that a client cuts off is not the handler's failure", arguments: [false, true])
    func cutOff(isTask: Bool) async {
        await withServer { server in
            server.http.onHandlerError = { error, _, _ in Issue.record(error) }
            let task = HTTPServer { (request: IncomingMessage, response: ServerResponse) async throws in
                response.end(try await request.body())
            }
            server.onRequest = { request, response in
                if isTask { return try task.handler(request, response) }
                request.collect { body in response.end(try body.get()) }
            }
            let client = server.connect()
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
            await server.turns()
            client.destroy()
            await server.turns()
            let bad = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
            #expect(await server.exchange(bad) == "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
        }
    }

    @Test("What onFinish, onClose and onDrain throw is the handler's, too, and keeps nothing from being called")
    func lateCallbacks() async {
        await withServer { server in
            let log = Log()
            server.http.onHandlerError = { error, _, _ in log("\(error)") }
            server.onRequest = { request, response in
                response.onFinish = { throw Thrown("onFinish") }
                response.onClose = { throw Thrown("onClose") }
                response.onDrain = {
                    response.end()
                    throw Thrown("onDrain")
                }
                request.onClose = { throw Thrown("request.onClose") }
                response.write([UInt8](repeating: 120, count: 100_000))
            }
            let client = server.connect()
            client.send(Self.get)
            await client.until("0\r\n\r\n")
            #expect(log.lines == ["onDrain", "onFinish", "onClose", "request.onClose"])
        }
    }

    /// The callbacks of a request and its response.
    enum Callback: CaseIterable {
        case onData, onBytes, onEnd, onAborted, onError, requestOnClose, onDrain, onFinish, onClose, collect
        case afterAll

        @LoopActor
        func set(_ callback: @escaping () throws -> Void, _ request: IncomingMessage, _ response: ServerResponse) {
            switch self {
            case .onData: request.onData = { _ in try callback() }
            case .onBytes: request.onBytes = { _ in try callback() }
            case .onEnd: request.onEnd = callback
            case .onAborted: request.onAborted = callback
            case .onError: request.onError = { _ in try callback() }
            case .requestOnClose: request.onClose = callback
            case .onDrain: response.onDrain = callback
            case .onFinish: response.onFinish = callback
            case .onClose: response.onClose = callback
            case .collect: request.collect { _ in try callback() }
            case .afterAll: response.onClose = { EventLoop.current.setImmediate { request.onClose = callback } }
            }
        }

        var needsAbort: Bool { self == .onAborted || self == .onError }
    }

    @Test(
        "What a callback throws after its handler has returned ends one client's request, and not the program",
        arguments: Callback.allCases, [false, true])
    func contained(_ callback: Callback, hasOwnHandler: Bool) async {
        await withServer { server in
            let log = Log()
            server.loop.onUncaughtError = { log("uncaught \($0)") }
            if hasOwnHandler {
                server.http.onHandlerError = { error, _, response in
                    log("\(error)")
                    response.fail()
                }
            }
            server.onRequest = { request, response in
                guard request.url == "/" else { return response.end("still here") }
                callback.set({ throw Thrown("late") }, request, response)
                if callback.needsAbort { return request.resume() }
                if callback == .onEnd { return request.resume() }
                let isDrain = callback == .onDrain
                if isDrain { response.write([UInt8](repeating: 120, count: 100_000)) }
                server.loop.setTimeout(.milliseconds(1)) { if !isDrain { response.end() } }
            }
            let client = server.connect()
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n" + (callback.needsAbort ? "a" : "abc"))
            await server.turns()
            if callback.needsAbort { client.destroy() } else { await client.untilHead() }
            await server.turns()
            let answer = await server.exchange("GET /2 HTTP/1.0\r\n\r\n")
            #expect(answer.hasSuffix("still here"))
            #expect(log.lines == (hasOwnHandler ? ["late"] : []))
            switch callback {
            case .onData, .onBytes, .onEnd, .collect: #expect(client.text.contains(" 500 "))
            case .onDrain: #expect(client.hasEnded)
            default: #expect(!client.text.contains(" 500 "))
            }
        }
    }

    @Test("What the server's own callbacks of one client throw ends that client, and not the program")
    func containedServerCallbacks() async {
        await withServer { server in
            let log = Log()
            server.loop.onUncaughtError = { log("\($0)") }
            server.http.onUpgrade = { _, _, _ in throw Thrown("onUpgrade") }
            server.http.onConnect = { _, _, _ in throw Thrown("onConnect") }
            server.http.onClientError = { _, _ in throw Thrown("onClientError") }
            server.http.onCheckExpectation = { _, _ in throw Thrown("onCheckExpectation") }
            server.http.onHandlerError = { error, _, _ in throw error }
            for request in [
                "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
                "CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n", "NO\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: x\r\n\r\n",
            ] { _ = await server.exchange(request) }
            #expect(log.lines == ["onUpgrade", "onConnect", "onClientError", "onCheckExpectation"])
            #expect(await server.exchange("GET / HTTP/1.0\r\n\r\n").hasPrefix("HTTP/1.1 200 OK"))
        }
    }
}
