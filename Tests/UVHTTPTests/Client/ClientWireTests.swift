import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

@Suite("HTTPClient: what goes over the wire")
struct ClientWireTests {
    /// A server that gives each head it gets to `answer`, and the client that asks it.
    private func with(
        _ options: HTTPClient.Options = HTTPClient.Options(),
        _ answer: @escaping @LoopActor (_ socket: Socket, _ text: String) -> Void,
        _ test: @escaping @LoopActor (_ client: HTTPClient, _ url: String) async throws -> Void
    ) async {
        await withScript(options) { _, socket in
            socket.onData = { answer(socket, String(decoding: $0, as: UTF8.self)) }
        } _: { server in
            try await test(server.client, server.url)
        }
    }

    @Test("A body that waits for 100 comes behind it; one that is refused is never sent")
    func expectation() async {
        let seen = Log()
        await with { socket, text in
            seen(text.hasSuffix("hello") ? "body" : "head")
            if text.hasPrefix("POST /refused") {
                return _ = socket.write("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n")
            }
            socket.write(text.hasSuffix("hello") ? "HTTP/1.1 204 Good\r\n\r\n" : "HTTP/1.1 100 Continue\r\n\r\n")
        } _: { client, url in
            let headers: HTTPFields = [.expect: "100-continue"]
            let taken = try await client.request(.post, url, headers: headers, body: Array("hello".utf8))
            #expect(taken.status == .noContent)
            let refused = try await client.request(.post, "\(url)refused", headers: headers, body: Array("hello".utf8))
            #expect(refused.status.code == 417)
            refused.resume()
        }
        #expect(seen.lines == ["head", "body", "head"])
    }

    @Test("A server that does not say to go on gets the body when the time for it has passed")
    func silentExpectation() async {
        var options = HTTPClient.Options()
        options.timeouts.continue = .milliseconds(1)
        await with(options) { socket, text in
            if text.hasSuffix("hello") { socket.write("HTTP/1.1 204 Good\r\n\r\n") }
        } _: { client, url in
            let body = Array("hello".utf8)
            let response = try await client.request(.post, url, headers: [.expect: "100-continue"], body: body)
            #expect(response.status.code == 204)
        }
    }

    @Test("103 is seen before the answer, and 101 hands the socket over with what came behind it")
    func informationAndUpgrade() async {
        let seen = Log()
        await with { socket, text in
            guard text.hasPrefix("GET") else { return _ = socket.write("echo \(text)") }
            socket.write(
                "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 101 Switching\r\nUpgrade: echo\r\n\r\nhello")
        } _: { client, url in
            let request = client.begin(.get, url, headers: [.connection: "Upgrade", .upgrade: "echo"])
            request.onInformation = { status, fields in seen("\(status.code) \(fields[.named("Link")] ?? "")") }
            await withUnsafeContinuation { continuation in
                request.onUpgrade = { response, socket, head in
                    seen("\(response.status.code) \(String(decoding: head, as: UTF8.self))")
                    socket.onData = { bytes in
                        seen(String(decoding: bytes, as: UTF8.self))
                        socket.destroy()
                        continuation.resume()
                    }
                    socket.write("x")
                }
                request.end()
            }
        }
        #expect(seen.lines == ["103 a", "101 hello", "echo x"])
    }

    @Test("A request that meets a closing connection is sent again if it is a GET, and fails if it is a POST")
    func closingConnection() async {
        let seen = Log()
        await with { socket, text in
            seen(String(text.prefix(4)))
            let count = seen.lines.count
            if count == 2 || count == 4 { return socket.destroy() }
            socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        } _: { client, url in
            let (first, second) = (try await text(of: client.get(url)), try await text(of: client.get(url)))
            #expect(first == "ok" && second == "ok")
            let failed = await failure { () throws(HTTPClient.Failure) in try await client.request(.post, url) }
            #expect(failed != nil)
        }
        #expect(seen.lines == ["GET ", "GET ", "GET ", "POST"])
    }

    @Test("The connection for the second try is a new one, also where others wait in line for the only place")
    func repeatedInLine() async {
        let seen = Log()
        var options = HTTPClient.Options()
        options.connectionsPerOrigin = 1
        await withScript(options) { server, socket in
            let number = server.accepted
            var count = 0
            socket.onData = { bytes in
                count += 1
                seen("\(String(decoding: bytes, as: UTF8.self).split(separator: " ")[1]) on \(number)")
                if count == 1 { socket.write(shortAnswer) } else { socket.resetAndDestroy() }
            }
        } _: { server in
            let log = Log()
            let requests = ["a", "b", "c"].map { path in
                server.host.loop.spawn {
                    do {
                        log("\(path) \(try await text(of: server.client.get(server.url + path)))")
                    } catch {
                        log("\(path) \(error)")
                    }
                }
            }
            for request in requests { await request.value }
            #expect(log.lines == ["a ok", "b ok", "c ok"])
        }
        #expect(seen.lines == ["/a on 1", "/b on 1", "/b on 2", "/c on 2", "/c on 3"])
    }

    @Test("Redirects are followed as many times as is allowed, on the connection that they came on")
    func redirects() async {
        let seen = Log()
        var options = HTTPClient.Options()
        options.redirects = 2
        await with(options) { socket, text in
            let path = String(text.split(separator: " ")[1])
            seen("\(text.prefix(4)) \(path) \(socket.remoteAddress?.port ?? 0)")
            guard path != "/3" else { return _ = socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n3") }
            let next = (Int(path.dropFirst()) ?? 0) + 1
            socket.write("HTTP/1.1 302 Found\r\nLocation: \(next)\r\nContent-Length: 4\r\n\r\nmove")
        } _: { client, url in
            let response = try await client.request(.post, "\(url)1", body: [1])
            #expect(response.url == "\(url)3")
            let body = try await text(of: response)
            #expect(body == "3")
            let failed = await failure { () throws(HTTPClient.Failure) in try await client.get(url) }
            #expect(failed == .redirect)
        }
        #expect(Set(seen.lines.prefix(3).map { $0.split(separator: " ")[2] }).count == 1)
        #expect(seen.lines.prefix(3).map { String($0.prefix(7)).trimmed } == ["POST /1", "GET  /2", "GET  /3"])
    }

    @Test("What is collected is bounded: a body at the limit is taken, one byte more is not")
    func collecting() async {
        await with { socket, _ in
            socket.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        } _: { client, url in
            let taken = try await client.get(url).body(upTo: 5)
            #expect(taken.count == 5)
            let response = try await client.get(url)
            var refusal: HTTPBodyError?
            do throws(HTTPBodyError) { _ = try await response.body(upTo: 4) } catch { refusal = error }
            #expect(refusal == .tooLarge)
        }
    }
}
