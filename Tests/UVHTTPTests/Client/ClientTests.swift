import Foundation
import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

@Suite("HTTPClient: requests to a server of ours")
struct ClientTests {
    @Test("Requests one after another go over one connection, and their bodies arrive")
    func keepAlive() async {
        await withServer { server in
            var connections: Set<Int> = []
            server.onRequest = { request, response in
                connections.insert(request.remoteAddress?.port ?? 0)
                request.collect { body in response.end("\(request.method) \(request.url) \(try body.get().count)") }
            }
            let client = HTTPClient()
            let url = "http://127.0.0.1:\(server.port)/a?b"
            for _ in 0..<3 {
                let response = try await client.get(url)
                #expect(try await text(of: response) == "GET /a?b 0")
            }
            let answer = try await client.request(.post, url, body: Array("hello".utf8))
            #expect(answer.status == .ok)
            #expect(try await text(of: answer) == "POST /a?b 5")
            #expect(connections.count == 1)
            client.closeAllConnections()
        }
    }

    @Test("A body in pieces is sent in chunks, and read piece by piece")
    func pieces() async {
        await withServer { server in
            server.onRequest = { request, response in
                #expect(request.header(.transferEncoding) == "chunked")
                request.onData = { response.write($0) }
                request.onEnd = { response.end() }
            }
            let client = HTTPClient()
            let request = client.begin(.put, "http://127.0.0.1:\(server.port)/")
            let response = await withUnsafeContinuation { continuation in
                request.onResponse = { continuation.resume(returning: Box($0)) }
                for _ in 0..<100 { request.write([UInt8](repeating: 65, count: 10_000)) }
                request.end()
            }.value
            var count = 0
            for try await piece in response.chunks { count += piece.count }
            #expect(count == 1_000_000)
            client.closeAllConnections()
        }
    }

    @Test("Over a Unix domain socket as by TCP: one connection, and the host that the URL names")
    func socketPath() async {
        await withServer { host in
            var hosts: [String?] = []
            let server = HTTPServer { request, response in
                hosts.append(request.header(.named("Host")))
                response.end(request.path)
            }
            var options = HTTPClient.Options()
            options.socketPath = FileManager.default.temporaryDirectory.appending(path: "\(UUID())").path
            let path = options.socketPath ?? ""
            await withUnsafeContinuation { continuation in server.listen(path: path) { continuation.resume() } }
            let client = HTTPClient(options)
            for path in ["/a", "/b"] {
                let response = try await client.get("http://docker\(path)")
                #expect(try await text(of: response) == path)
            }
            #expect(hosts == ["docker", "docker"] && server.connectionCount == 1)
            client.closeAllConnections()
            server.close()
        }
    }

    @Test("A connection that is refused is a failure with its reason")
    func refused() async {
        await withServer { server in
            let failure = await failure { () throws(HTTPClient.Failure) in
                try await HTTPClient().get("http://127.0.0.1:1/")
            }
            #expect(failure?.code == "ECONNREFUSED")
        }
    }

    @Test(
        "What is no URL of HTTP is refused",
        arguments: ["", "localhost", "ftp://a/", "http://", "http://a@b/", "http://a:0/"])
    func invalidURL(_ url: String) async {
        await withServer { server in
            #expect(
                await failure { () throws(HTTPClient.Failure) in try await HTTPClient().get(url) }
                    == .invalidRequest(.url))
        }
    }

    @Test("A task that is cancelled gives its request up, and the server sees the connection close")
    func cancellation() async {
        await withServer { server in
            let client = HTTPClient()
            let url = "http://127.0.0.1:\(server.port)/"
            var task: Task<Void, Never>?
            server.onRequest = { request, _ in
                request.onClose = {}
                task?.cancel()
            }
            var failed: HTTPClient.Failure?
            let waiting = server.loop.spawn {
                failed = await failure { () throws(HTTPClient.Failure) in try await client.get(url) }
            }
            task = waiting
            await waiting.value
            #expect(failed == .aborted)
        }
    }
}

/// A value that a task hands to itself.
struct Box<Value>: @unchecked Sendable {
    // Both ends are on the loop's thread.
    let value: Value

    init(_ value: Value) { self.value = value }
}

@LoopActor
func text(of response: ClientResponse) async throws -> String {
    String(decoding: try await response.body(), as: UTF8.self)
}

/// What a request fails with; nil if it has an answer.
@LoopActor
func failure(of request: () async throws(HTTPClient.Failure) -> ClientResponse) async -> HTTPClient.Failure? {
    do throws(HTTPClient.Failure) {
        try await request().resume()
        return nil
    } catch {
        return error
    }
}
