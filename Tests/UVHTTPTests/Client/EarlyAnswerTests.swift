import HTTPTypes
import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

@Suite("HTTPClient: a server that answers whole before the request is sent")
struct EarlyAnswerTests {
    /// More than what two sockets of the system hold.
    private static let body = [UInt8](repeating: 65, count: 32 << 20)

    /// Answers the first bytes of a connection, and takes no more until it is told to.
    @LoopActor
    private final class EarlyServer {
        private(set) var received = 0
        let stops: Bool

        nonisolated init(stops: Bool = true) { self.stops = stops }

        func serve(_ socket: Socket) {
            var isAnswered = false
            socket.onBytes = { [self] bytes in
                received += bytes.byteCount
                guard !isAnswered else { return }
                isAnswered = true
                socket.write(shortAnswer)
                if stops { socket.pause() }
            }
        }
    }

    /// What a program hears of a request and of its answer.
    @LoopActor
    private final class Heard {
        var text = ""
        var failures: [HTTPClient.Failure] = []

        func listen(to request: ClientRequest) {
            request.onResponse = { response in
                response.onData = { [self] in text += String(decoding: $0, as: UTF8.self) }
            }
            request.onError = { [self] in failures.append($0) }
        }
    }

    @LoopActor
    private func begin(_ method: HTTPRequest.Method, on server: ScriptedServer) -> (ClientRequest, Heard) {
        let (request, heard) = (server.client.begin(method, server.url), Heard())
        heard.listen(to: request)
        return (request, heard)
    }

    @Test(
        "Its connection is neither used nor idle until the system has taken the upload, and carries the next one then")
    func flushing() async {
        let early = EarlyServer()
        await withScript(clock: ManualClock()) { server, socket in
            if server.accepted == 1 { early.serve(socket) } else { socket.answer() }
        } _: { server in
            let answer = try await text(of: server.client.request(.put, server.url, body: Self.body))
            let second = try await text(of: server.client.get(server.url))
            #expect(answer == "ok" && second == "ok" && server.accepted == 2)
            let first = try #require(server.open.first)
            server.client.closeIdleConnections()
            await server.until { server.open.count == 1 }
            await server.host.pass(.seconds(20))
            try #require(server.open.first === first)
            first.resume()
            await server.until { early.received > Self.body.count }
            await server.host.turns()
            first.onBytes = nil
            first.answer()
            let third = try await text(of: server.client.get(server.url))
            #expect(third == "ok" && server.accepted == 2 && server.open.count == 1)
        }
    }

    @Test(
        "An upload that it takes no more of is given up by the idle time, and the program hears of it",
        arguments: [true, false])
    func standstill(isEnded: Bool) async {
        let early = EarlyServer()
        await withScript(clock: ManualClock()) { _, socket in
            early.serve(socket)
        } _: { server in
            let (request, heard) = begin(.put, on: server)
            request.write(Self.body)
            if isEnded { request.end() }
            await server.until { heard.text == "ok" }
            var seconds = 0
            while heard.failures.isEmpty, seconds < 200 {
                await server.host.pass(.seconds(1), in: .seconds(1))
                seconds += 1
            }
            #expect((60...121).contains(seconds))
            #expect(heard.failures == [.timedOut(.idle)] && request.isOver)
            // A socket that does not read does not see the end.
            for socket in server.open { socket.resume() }
            await server.until { server.open.isEmpty }
        }
    }

    @Test("What asks in one call hears of its answer alone")
    func once() async {
        let early = EarlyServer()
        await withScript(clock: ManualClock()) { _, socket in
            early.serve(socket)
        } _: { server in
            var results = 0
            server.client.request(.put, server.url, body: Self.body) { result in
                results += 1
                try result.get().resume()
            }
            let answer = try await text(of: server.client.request(.put, server.url, body: Self.body))
            await server.until { results == 1 }
            await server.host.pass(.seconds(130), in: .seconds(1))
            for socket in server.open { socket.resume() }
            await server.until { server.open.isEmpty }
            #expect(answer == "ok" && results == 1)
        }
    }

    @Test("A request that the program writes now and then has no end by that, and its connection carries the next one")
    func slowProgram() async {
        let early = EarlyServer(stops: false)
        await withScript(clock: ManualClock()) { _, socket in
            early.serve(socket)
        } _: { server in
            let (request, heard) = begin(.post, on: server)
            request.write("line\n")
            await server.until { heard.text == "ok" }
            for _ in 0..<20 {
                await server.host.pass(.seconds(50), in: .seconds(10))
                #expect(request.write("line\n"))
            }
            #expect(heard.failures.isEmpty && !request.isOver)
            request.end()
            await server.until { request.isOver }
            await server.host.turns()
            server.open.first?.onBytes = nil
            server.open.first?.answer()
            let next = try await text(of: server.client.get(server.url))
            #expect(next == "ok" && server.accepted == 1)
        }
    }

    @Test("A request that is given up behind its answer tells the program, and the answer stays whole")
    func abort() async {
        let early = EarlyServer()
        await withScript { _, socket in
            early.serve(socket)
        } _: { server in
            let (request, heard) = begin(.put, on: server)
            var response: ClientResponse?
            request.onResponse = { response = $0 }
            request.end(Self.body)
            await server.until { response?.isComplete == true }
            request.abort()
            // A socket that does not read does not see the end.
            for socket in server.open { socket.resume() }
            await server.until { server.open.isEmpty }
            #expect(heard.failures == [.aborted])
            let answer = try await text(of: try #require(response))
            #expect(answer == "ok")
        }
    }
}
