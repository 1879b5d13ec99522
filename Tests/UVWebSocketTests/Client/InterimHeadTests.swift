import LoopTesting
import Testing
import UVCore
import UVWebSocket

/// RFC 9110 section 15.2.
@Suite("What a server says before its answer is passed over")
struct InterimHeadTests {
    private static let answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nA: b\r\na: c\r\n\r\nrest"

    /// The status and what stands behind the head, or the failure.
    private func read(_ text: String, pieces: Int = .max) -> String {
        var reader = AnswerReader()
        var bytes = Array(text.utf8)[...]
        do throws(AnswerReader.Failure) {
            while !bytes.isEmpty {
                let piece = bytes.prefix(pieces)
                bytes = bytes.dropFirst(pieces)
                guard let rest = try reader.read(Array(piece)) else { continue }
                let behind = String(decoding: rest + bytes, as: UTF8.self)
                return "\(reader.status) \(reader.field("a") ?? "-") \(behind)"
            }
            return "not whole"
        } catch {
            return error.message
        }
    }

    @Test(
        "Heads from 100 to 199 but 101, one or several, cut anywhere",
        arguments: [
            "", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\na: not this\r\n\r\n",
            "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nA: x\r\n\r\nHTTP/1.1 199 \r\n\r\n",
        ], [1, 7, Int.max])
    func passedOver(interim: String, pieces: Int) {
        #expect(read(interim + Self.answer, pieces: pieces) == "101 b, c rest")
    }

    @Test("Other heads are the answer", arguments: [101, 200, 204, 302, 404, 503])
    func final(status: Int) {
        #expect(read("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 \(status) X\r\na: 1\r\n\r\n") == "\(status) 1 ")
    }

    @Test("16 of them, not 17")
    func number() {
        let hint = "HTTP/1.1 103 Early Hints\r\n\r\n"
        #expect(read(String(repeating: hint, count: 16) + Self.answer) == "101 b, c rest")
        #expect(read(String(repeating: hint, count: 17) + Self.answer) == "The server says too much before its answer")
    }

    @Test("64 KiB of them, not a byte more")
    func bytes() {
        func hint(_ count: Int) -> String {
            let start = "HTTP/1.1 103 Early Hints\r\nLink: "
            return start + String(repeating: "l", count: count - start.utf8.count - 4) + "\r\n\r\n"
        }
        let four = String(repeating: hint(13_000), count: 5)
        #expect(read(four + hint(65_536 - 65_000) + Self.answer) == "101 b, c rest")
        #expect(read(four + hint(65_537 - 65_000) + Self.answer) == "The server says too much before its answer")
    }

    @Test("A client opens the WebSocket that comes behind hints")
    func connects() async {
        await withRawServer { server in
            var socket: WebSocket?
            WebSocketClient.connect(to: try server.url) { socket = try $0.get() }
            let peer = try await server.request()
            peer.becomeServer()
            peer.send("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n")
            await turns()
            peer.send("HTTP/1.1 100 Continue\r\n\r\n" + (try peer.acceptance()))
            try await until("the WebSocket") { socket != nil }
            socket?.terminate()
        }
    }

    @Test("A client that gets hints and no answer gives up at their number")
    func noAnswer() async {
        await withRawServer { server in
            var failures: [WebSocketClient.Failure] = []
            let done = { (result: Result<WebSocket, WebSocketClient.Failure>) in
                if case .failure(let failure) = result { failures.append(failure) }
            }
            WebSocketClient.connect(to: try server.url, done)
            let peer = try await server.request()
            for _ in 0..<16 { peer.send("HTTP/1.1 103 Early Hints\r\n\r\n") }
            await turns()
            #expect(failures == [])
            peer.send("HTTP/1.1 103 Early Hints\r\n\r\n")
            try await until("the failure") { !failures.isEmpty }
            #expect(failures == [.invalidAnswer("The server says too much before its answer")])
        }
    }
}
