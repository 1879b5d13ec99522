import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

@Suite("HTTPClient: servers that mean harm, or are slow")
struct HostileServerTests {
    /// The code of a client's failure on a server that does `serve` on each connection.
    private func failure(_ serve: @escaping @LoopActor (Socket) -> Void) async -> String? {
        let failed = Log()
        await withScript { _, socket in
            serve(socket)
        } _: { server in
            let failure = await UVHTTPTests.failure { () throws(HTTPClient.Failure) in
                try await server.client.get(server.url)
            }
            if let failure { failed(failure.code) }
        }
        return failed.lines.first
    }

    @Test("A head without end costs no more than the limit on heads")
    func endlessHead() async {
        let failed = await failure { $0.flood("HTTP/1.1 200 OK\r\n", "A: b\r\n") }
        #expect(failed == "HPE_HEADER_OVERFLOW")
    }

    @Test("A field without end costs no more than the limit on heads")
    func endlessField() async {
        let failed = await failure { $0.flood("HTTP/1.1 200 OK\r\nA: ", "b") }
        #expect(failed == "HPE_HEADER_OVERFLOW")
    }

    @Test("Heads before the answer without end are refused")
    func endlessInterimHeads() async {
        let failed = await failure { $0.flood("", "HTTP/1.1 103 Early Hints\r\n\r\n") }
        #expect(failed == "ERR_HTTP_TOO_MANY_INTERIM_HEADS")
    }

    // MARK: Lengths

    @Test(
        "A length that no content has costs nothing: what is collected is bounded, and the rest is not waited for",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n", "\(chunkedHead)FFFFFFFFFFFFFFF\r\n",
        ])
    func gigantic(_ start: String) async {
        await withScript { _, socket in
            socket.flood(start, "a")
        } _: { server in
            var refusal: (any Error)?
            do { _ = try await server.client.get(server.url).body(upTo: 100_000) } catch { refusal = error }
            #expect(refusal as? HTTPBodyError == .tooLarge)
            await server.until { server.open.isEmpty }
        }
    }

    @Test("A chunk's size of sixteen digits is refused")
    func tooLargeChunk() async {
        await withScript { _, socket in
            socket.flood("\(chunkedHead)1000000000000000\r\n", "a")
        } _: { server in
            var refusal: (any Error)?
            do { _ = try await server.client.get(server.url).body() } catch { refusal = error }
            guard case .failed(let error)? = refusal as? HTTPBodyError else {
                Issue.record("\(String(describing: refusal))")
                return
            }
            #expect(error.code == "HPE_INVALID_CHUNK_SIZE")
        }
    }

    @Test("Content that ends before its length is broken off; what has come of it was read")
    func tooShort() async {
        await withScript { _, socket in
            socket.onData = { _ in socket.end("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell") }
        } _: { server in
            var (content, failure) = ([UInt8](), (any Error)?.none)
            do {
                for try await piece in try await server.client.get(server.url).chunks { content += piece }
            } catch {
                failure = error
            }
            #expect(content == Array("hell".utf8) && failure as? HTTPBodyError == .aborted)
        }
    }

    @Test(
        "What comes behind an answer is never the answer to the next request: that goes on another connection",
        arguments: [shortAnswer, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", "x"])
    func poisoned(_ surplus: String) async {
        await withScript { server, socket in
            socket.answer(server.accepted == 1 ? shortAnswer + surplus : shortAnswer)
        } _: { server in
            for _ in 0..<3 {
                let body = try await text(of: server.client.get(server.url))
                #expect(body == "ok")
            }
            #expect(server.accepted == 2)
            await server.until { server.open.count == 1 }
        }
    }

    @Test("What comes while nothing was asked for closes the connection, in place of waiting for the next request")
    func unasked() async {
        await withScript { _, socket in
            socket.answer()
        } _: { server in
            let first = try await text(of: server.client.get(server.url))
            server.open.first?.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
            await server.until { server.open.isEmpty }
            let second = try await text(of: server.client.get(server.url))
            #expect(first == "ok" && second == "ok" && server.accepted == 2)
        }
    }

    // MARK: Content

    @Test("Compressed content is bytes like any other: nothing is made of it that could be larger")
    func compressed() async {
        await withScript { _, socket in
            socket.onData = { _ in
                let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1000\r\n\r\n"
                // The beginning of what becomes a thousand times as much.
                socket.write(Array(head.utf8) + [0x1F, 0x8B, 8] + [UInt8](repeating: 0, count: 997))
            }
        } _: { server in
            let response = try await server.client.get(server.url)
            #expect(response.header(.contentEncoding) == "gzip")
            let body = try await response.body()
            #expect(body == [0x1F, 0x8B, 8] + [UInt8](repeating: 0, count: 997))
        }
    }

    @Test("A reader that is slower than the content holds the server up: what waits for it is bounded")
    func slowReader() async {
        await withScript { _, socket in
            socket.flood("HTTP/1.1 200 OK\r\n\r\n", "a")
        } _: { server in
            let response = try await server.client.get(server.url)
            var (count, most) = (0, 0)
            response.onBytes = { bytes in
                count += bytes.byteCount
                response.pause()
            }
            for _ in 0..<100 {
                let before = count
                await server.until { count > before }
                await server.host.turns(3)
                most = max(most, (response.connection?.socket.bytesRead ?? .max) - count)
                response.resume()
            }
            // One read of 64 KiB at the mark of the answer, and another at that of the socket.
            #expect(most <= 2 * (16_384 + 65_536))
            #expect(most >= 16_384, "the server was never held up")
            response.destroy()
        }
    }

    @Test("Content that is slower than its reader is handed on as it comes")
    func slowContent() async {
        await withScript { _, socket in
            socket.answer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0")
        } _: { server in
            var pieces: [[UInt8]] = []
            for try await piece in try await server.client.get(server.url).chunks {
                pieces.append(piece)
                if pieces.count < 100 { server.open.first?.write("\(pieces.count % 10)") }
            }
            #expect(pieces == (0..<100).map { [UInt8(ascii: "0") + UInt8($0 % 10)] })
        }
    }
}
