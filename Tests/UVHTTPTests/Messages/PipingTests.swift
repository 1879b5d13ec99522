import LoopTesting
import Testing
import UVCore
import UVHTTP

@Suite("Bodies and answers are the ends of pipes")
struct PipingTests {
    private static let body = String(repeating: "0123456789abcdef", count: 50_000)

    private func post(_ body: String) -> String {
        "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test("A request's body that is piped to its answer comes back, also an empty one", arguments: [0, 1, 50_000])
    func echo(count: Int) async {
        await withServer { server in
            let body = String(repeating: "0123456789abcdef", count: count)
            var ends: [Bool] = []
            server.onRequest = { request, response in
                response.setHeader(.contentLength, "\(body.utf8.count)")
                request.pipe(to: response) { ends.append($0 == nil) }
            }
            let text = await server.exchange(post(body))
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n") && text.hasSuffix("\r\n\r\n" + body))
            #expect(ends == [true])
        }
    }

    @Test("A client that leaves before its body is whole closes the answer, which is the error")
    func aborted() async {
        await withServer { server in
            var errors: [String] = []
            server.onRequest = { request, response in
                request.pipe(to: response) { error in errors.append((error as? LoopError)?.name ?? "other") }
            }
            let client = server.connect()
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n01234")
            await server.turns()
            client.destroy()
            await server.turns(10)
            #expect(errors == ["EPIPE"])
        }
    }

    @Test("A body that was read is refused, and an answer without a byte becomes a 500")
    func alreadyRead() async {
        await withServer { server in
            var errors: [String] = []
            server.onRequest = { request, response in
                request.collect { _ in
                    request.pipe(to: response) { error in errors.append("\((error as? HTTPBodyError) == .alreadyRead)")
                    }
                }
            }
            let text = await server.exchange(post("text"))
            #expect(text.hasPrefix("HTTP/1.1 500 ") && errors == ["true"])
        }
    }

    @Test("A client that leaves before the answer is whole is the error of what was piped into it")
    func leavingClient() async {
        await withServer { server in
            var errors: [String] = []
            server.onRequest = { _, response in
                let endless = ChildProcess.spawn("yes", input: .ignore, errors: .ignore)
                endless.output?.pipe(to: response) { error in
                    errors.append("\(error != nil) \(endless.output?.isDestroyed ?? false)")
                    endless.kill()
                }
            }
            let client = server.connect()
            client.keepsBytes = false
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await client.until(count: 1_000_000)
            client.destroy()
            await server.turns(50)
            #expect(errors == ["true true"])
        }
    }

    @Test("A server that answers before it has the body ends what is piped into the request, once")
    func earlyAnswer() async {
        await withServer { server in
            server.onRequest = { _, response in
                response.status = .contentTooLarge
                response.setHeader(.connection, "close")
                response.end("too large")
            }
            let client = HTTPClient()
            var told: [String] = []
            let endless = ChildProcess.spawn("yes", input: .ignore, errors: .ignore)
            let request = client.begin(.post, "http://127.0.0.1:\(server.port)/")
            request.onResponse = { answer in told.append("\(answer.status.code)") }
            request.onError = { _ in told.append("error") }
            endless.output?.pipe(to: request) { error in
                told.append("piped \(error != nil)")
                endless.kill()
            }
            for _ in 0..<10_000 where told.count < 2 { await server.turns(1) }
            await server.turns(20)
            #expect(told.sorted() == ["413", "piped true"])
            client.closeIdleConnections()
        }
    }

    @Test("A proxy: the request goes on to another server, and its answer comes back")
    func proxy() async {
        await withServer { server in
            let client = HTTPClient()
            server.onRequest = { [unowned server] request, response in
                if request.path == "/inner" {
                    response.status = .created
                    return request.pipe(to: response) { #expect($0 == nil) }
                }
                let onward = client.begin(.post, "http://127.0.0.1:\(server.port)/inner")
                onward.onResponse = { answer in
                    response.status = answer.status
                    answer.pipe(to: response) { #expect($0 == nil) }
                }
                request.pipe(to: onward) { #expect($0 == nil) }
            }
            let text = await server.exchange(post(Self.body))
            #expect(text.hasPrefix("HTTP/1.1 201 Created\r\n") && text.contains(Self.body.suffix(1_000)))
            client.closeIdleConnections()
        }
    }
}
