import LoopTesting
import Testing
import UVCore
import UVWebSocket

/// RFC 9110 section 15.2.
@Suite("What a server says before its answer is passed over")
struct InterimHeadTests {
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
            #expect(failures == [.invalidAnswer("The server says too much before its answer.")])
        }
    }
}
