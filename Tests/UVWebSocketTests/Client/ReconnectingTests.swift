import LoopTesting
import Testing
import UVCore
import UVHTTP
import UVWebSocket

@Suite("A WebSocket that comes back: after a loss, not after a final word, and never once it was closed")
struct ReconnectingTests {
    /// A bare server on a clock that stands still, and the client of it that comes back.
    @LoopActor
    private struct Ends {
        let server: RawServer
        let line: ReconnectingWebSocket
        let clock: ManualClock
        let log: Log
        private(set) var accepted = 0

        /// Accepts the next connection that the client makes.
        mutating func accept() async throws -> RawPeer {
            let peer = try await request()
            peer.becomeServer()
            peer.send(try peer.acceptance())
            try await until("the WebSocket") { log.lines.last == "open" }
            return peer
        }

        mutating func request() async throws -> RawPeer {
            accepted += 1
            try await until("a connection") { server.connections.count == accepted }
            return try await server.request()
        }

        /// Waits for a line, and moves the clock past the delay that the client waits for then.
        func lost(_ line: String) async throws {
            try await until(line) { log.lines.last == line }
            clock.advance(by: .seconds(20))
        }
    }

    private func withEnds(_ body: @escaping @LoopActor (inout Ends) async throws -> Void) async {
        let clock = ManualClock()
        await withRawServer(clock) { server in
            let (line, log) = (ReconnectingWebSocket(to: try server.url, heartbeat: .zero), Log())
            line.onOpen = { _ in log("open") }
            line.onLoss = { loss, delay in
                log("\(loss)")
                #expect(delay <= .seconds(20) && !loss.isFinal)
            }
            line.onEnd = { loss in log("end \(loss.map { "\($0)" } ?? "by itself")") }
            line.connect()
            line.connect()
            var ends = Ends(server: server, line: line, clock: clock, log: log)
            try await body(&ends)
        }
    }

    private static let lost = #"closed(UVWebSocket.CloseCode(rawValue: 1006), reason: "")"#

    @Test("It is lost, nothing answers, the server refuses for now, and it is there again: to the address of that time")
    func comesBack() async {
        await withEnds { ends in
            var peer = try await ends.accept()
            #expect(peer.head.hasPrefix("GET /path?query HTTP/1.1"))
            ends.line.url = try ends.server.url.setting("since", to: "17")
            peer.socket.destroy()
            try await ends.lost(Self.lost)
            peer = try await ends.request()
            #expect(peer.head.hasPrefix("GET /path?query&since=17 HTTP/1.1"))
            peer.socket.end()
            try await ends.lost("notOpened(UVWebSocket.WebSocketClient.Failure.noAnswer)")
            peer = try await ends.request()
            peer.socket.end("HTTP/1.1 503 Service Unavailable\r\n\r\n")
            try await ends.lost("notOpened(UVWebSocket.WebSocketClient.Failure.refused(status: 503))")
            peer = try await ends.accept()
            ends.line.close(.goingAway, reason: "enough")
            #expect(try await peer.frame().unmasked == .close(1001, "enough"))
            peer.send(.close(1001))
            peer.socket.end()
            try await until("the end") { ends.log.lines.last == "end by itself" }
            #expect(ends.log.lines.count == 6)
        }
    }

    @Test(
        "The codes from 3500 to 3999 are final, their neighbours are not",
        arguments: [1000, 1001, 3499, 3500, 3999, 4000])
    func codes(code: UInt16) async {
        let isFinal = (3500...3999).contains(code)
        #expect(CloseCode(rawValue: code).isFinal == isFinal)
        await withEnds { ends in
            let peer = try await ends.accept()
            peer.send(.close(code, "why"))
            _ = try await peer.frame()
            peer.socket.end()
            let loss = #"closed(UVWebSocket.CloseCode(rawValue: \#(code)), reason: "why")"#
            if isFinal {
                try await until("the end") { ends.log.lines.last == "end " + loss }
                ends.clock.advance(by: .seconds(60))
                await turns()
                #expect(ends.server.connections.count == 1)
            } else {
                try await ends.lost(loss)
                _ = try await ends.accept()
                ends.line.close()
            }
        }
    }

    @Test(
        "It comes back when the server has asked for that, and not before",
        arguments: [("", 20_000), ("come back in 30000 ms", 30_000), ("why; come back in 70000 ms", 60_000)])
    func hint(reason: String, milliseconds: Int) async {
        await withEnds { ends in
            var told: Duration?
            ends.line.onLoss = { told = $1 }
            let peer = try await ends.accept()
            peer.send(.close(1012, reason))
            _ = try await peer.frame()
            peer.socket.end()
            try await until("the loss") { told != nil }
            let delay = try #require(told)
            let isAsked = !reason.isEmpty
            #expect(isAsked ? delay == .milliseconds(milliseconds) : delay <= .milliseconds(500))
            // One that is drawn may be zero, and a timeout is one millisecond at least.
            ends.clock.advance(by: isAsked ? delay - .milliseconds(1) : max(delay, .milliseconds(1)))
            if isAsked {
                await turns()
                #expect(ends.server.connections.count == 1)
                ends.clock.advance(by: .milliseconds(1))
            }
            _ = try await ends.accept()
            ends.line.close()
        }
    }

    @Test(
        "A status that says no for good is final, one that says not now is not",
        arguments: [
            (200, true), (301, false), (400, true), (401, true), (408, false), (422, true), (429, false), (503, false),
        ])
    func statuses(status: Int, isFinal: Bool) async {
        #expect(WebSocketClient.Failure.refused(status: status).isFinal == isFinal)
        await withEnds { ends in
            let peer = try await ends.request()
            peer.socket.end("HTTP/1.1 \(status) No\r\n\r\n")
            try await until("a word") { ends.log.lines.count == 1 }
            #expect(ends.log.lines[0].hasPrefix(isFinal ? "end notOpened(" : "notOpened("))
            ends.clock.advance(by: .seconds(20))
            if isFinal {
                await turns()
                #expect(ends.server.connections.count == 1)
            } else {
                _ = try await ends.request()
                ends.line.close()
            }
        }
    }

    @Test("What cannot be asked for at all is final: no server has a part in it")
    func neverAsked() async throws {
        let url = try #require(WebSocketURL("wss://localhost/"))
        await withRawServer { _ in
            do throws(WebSocketClient.Failure) {
                let client = HTTPClient()
                _ = try await WebSocketClient.connect(to: url, through: client, fields: [:], subprotocols: [])
                Issue.record("there is no TLS")
            } catch {
                #expect(error.isFinal, "\(error)")
            }
        }
    }

    enum Moment: CaseIterable {
        case connecting, waiting
    }

    @Test(
        "Closed while nothing is open it ends at once, whether a server answers or not, and opens nothing any more",
        arguments: Moment.allCases)
    func closed(moment: Moment) async {
        await withEnds { ends in
            let peer = try await ends.request()
            if moment == .waiting {
                peer.socket.destroy()
                try await until("the loss") { !ends.log.lines.isEmpty }
            }
            ends.line.close()
            ends.line.close()
            #expect(ends.log.lines.last?.hasPrefix("end") != true, "not inside the call")
            try await until("the end") { ends.log.lines.last == "end by itself" }
            if moment == .connecting { try await until("the connection's end") { peer.ending != nil } }
            ends.clock.advance(by: .seconds(60))
            await turns()
            #expect(ends.server.connections.count == 1 && !ends.log.lines.contains("open"))
        }
    }

    @Test("What onOpen throws closes that WebSocket, and the next one is tried")
    func throwing() async {
        await withEnds { ends in
            ends.line.onOpen = { socket in
                socket.onError = { _ in }
                throw Thrown("not like this")
            }
            let peer = try await ends.request()
            peer.becomeServer()
            peer.send(try peer.acceptance())
            #expect(try await peer.frame().unmasked.closeCode == 1011)
            peer.send(.close(1011))
            peer.socket.end()
            try await ends.lost(#"closed(UVWebSocket.CloseCode(rawValue: 1011), reason: "")"#)
            _ = try await ends.request()
            ends.line.close()
        }
    }

    @Test("A server that vanished without a word is noticed by the heartbeat")
    func heartbeat() async {
        let clock = ManualClock()
        await withRawServer(clock) { server in
            let (line, log) = (ReconnectingWebSocket(to: try server.url, heartbeat: .seconds(30)), Log())
            line.onLoss = { loss, _ in log("\(loss)") }
            line.connect()
            let peer = try await server.request()
            peer.becomeServer()
            peer.send(try peer.acceptance())
            for _ in 0..<70 where log.lines.isEmpty {
                clock.advance(by: .seconds(1))
                await turns(3)
            }
            #expect(log.lines == [Self.lost] && peer.frames.map(\.opcode) == [9])
            line.close()
        }
    }
}
