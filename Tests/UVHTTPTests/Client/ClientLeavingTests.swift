import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

/// What would be held up for ever where one connection is all there is.
@Suite("HTTPClient: a request or an answer that the program leaves gives its connection up")
struct ClientLeavingTests {
    private static var oneConnection: HTTPClient.Options {
        var options = HTTPClient.Options()
        options.connectionsPerOrigin = 1
        return options
    }

    /// Runs `leave` on an answer without end, and asks again.
    private func leaving(_ leave: @escaping @LoopActor (ScriptedServer) async throws -> Void) async {
        await withScript(Self.oneConnection) { server, socket in
            if server.accepted == 1 { socket.flood(chunkedHead, "1\r\na\r\n") } else { socket.answer() }
        } _: { server in
            try await leave(server)
            let next = try await text(of: server.client.get(server.url))
            #expect(next == "ok")
            #expect(server.accepted == 2)
            await server.until { server.open.count == 1 }
        }
    }

    @Test("A loop over the pieces that is left before the end")
    func leftEarly() async {
        await leaving { server in
            let response = try await server.client.get(server.url)
            for try await _ in response.chunks { break }
            await server.until { response.isAborted }
        }
    }

    @Test("An answer that nothing reads and nothing holds, and one that a callback ignores")
    func forgotten() async {
        await leaving { server in
            let status = try await server.client.get(server.url).status
            #expect(status == .ok)
        }
        await leaving { server in
            var count = 0
            server.client.get(server.url) { _ in count += 1 }
            await server.until { count == 1 }
        }
    }

    @Test("An answer that something holds stays, and goes when it is destroyed")
    func held() async {
        await leaving { server in
            let response = try await server.client.get(server.url)
            await server.host.turns(50)
            #expect(server.open.count == 1 && !response.isAborted)
            response.destroy()
        }
    }

    @Test("A task that is cancelled while it waits for the next piece hears that, and ends the request")
    func cancelledInTheBody() async {
        await withScript { _, socket in
            socket.answer("\(chunkedHead)1\r\na\r\n")
        } _: { server in
            var pieces = 0
            var failure: (any Error)?
            let task = server.host.loop.spawn {
                do {
                    for try await _ in try await server.client.get(server.url).chunks { pieces += 1 }
                } catch {
                    failure = error
                }
            }
            await server.until { pieces == 1 }
            await server.host.turns()
            task.cancel()
            await task.value
            #expect(failure as? HTTPBodyError == .aborted)
            await server.until { server.open.isEmpty }
        }
    }

    @Test("A loop to the end, and an answer that has arrived before it is forgotten, leave the connection to the next")
    func readToTheEnd() async {
        await withScript(Self.oneConnection) { _, socket in
            socket.answer("\(chunkedHead)1\r\na\r\n0\r\n\r\n")
        } _: { server in
            for _ in 0..<3 {
                var pieces: [[UInt8]] = []
                for try await piece in try await server.client.get(server.url).chunks { pieces.append(piece) }
                #expect(pieces == [Array("a".utf8)])
                _ = try await server.client.get(server.url)
            }
            #expect(server.accepted == 1)
        }
    }

    @Test("A task that is cancelled while its request waits in line: the server never sees it, and the line goes on")
    func cancelledInLine() async {
        let seen = Log()
        await withScript(Self.oneConnection) { _, socket in
            socket.onData = { bytes in
                let path = String(decoding: bytes, as: UTF8.self).split(separator: " ")[1]
                seen(String(path))
                if path != "/first" { socket.write(shortAnswer) }
            }
        } _: { server in
            let first = server.host.loop.spawn { _ = try await text(of: server.client.get("\(server.url)first")) }
            await server.until { seen.lines == ["/first"] }
            var failed: HTTPClient.Failure?
            let second = server.host.loop.spawn {
                failed = await failure { () throws(HTTPClient.Failure) in
                    try await server.client.get("\(server.url)second")
                }
            }
            await server.host.turns()
            second.cancel()
            await second.value
            #expect(failed == .aborted)
            server.open.first?.write(shortAnswer)
            await first.value
            let third = try await text(of: server.client.get("\(server.url)third"))
            #expect(third == "ok")
        }
        #expect(seen.lines == ["/first", "/third"])
    }

    @Test("A task that was cancelled before it asks sends nothing")
    func cancelledBefore() async {
        await withScript { _, socket in
            socket.answer()
        } _: { server in
            var failed: HTTPClient.Failure?
            let task = server.host.loop.spawn {
                failed = await failure { () throws(HTTPClient.Failure) in try await server.client.get(server.url) }
            }
            task.cancel()
            await task.value
            await server.host.turns()
            #expect(failed == .aborted)
            #expect(server.accepted == 0)
        }
    }

    @Test("All connections are closed: the request that has one fails, the one in line gets another")
    func closeAll() async {
        await withScript(Self.oneConnection) { server, socket in
            if server.accepted > 1 { socket.answer() } else { socket.onData = { _ in } }
        } _: { server in
            var failed: HTTPClient.Failure?
            let first = server.host.loop.spawn {
                failed = await failure { () throws(HTTPClient.Failure) in try await server.client.get(server.url) }
            }
            await server.until { server.accepted == 1 }
            var answer = ""
            let second = server.host.loop.spawn { answer = try await text(of: server.client.get(server.url)) }
            await server.host.turns()
            server.client.closeAllConnections()
            await first.value
            await second.value
            #expect(failed == .aborted && answer == "ok" && server.accepted == 2)
        }
    }
}
