import LoopTesting
import Testing
import UVCore
import UVWebSocket

@Suite("After pause no further message is delivered, though it was read already")
struct PausingTests {
    @Test("One message a resume, in order, however many came in one read", arguments: [1, 2, 3, 500])
    func oneByOne(count: Int) async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            let log = Log()
            socket.onMessage = { [unowned socket] message in
                log(message.text)
                socket.pause()
            }
            peer.socket.write((0..<count).flatMap { WireFrame.text("\($0)").masked().bytes })
            for number in 0..<count {
                try await until("a message") { log.lines.count == number + 1 }
                await turns(3)
                #expect(log.lines.count == number + 1)
                socket.resume()
            }
            #expect(log.lines == (0..<count).map(String.init))
        }
    }

    @Test("A pause that is taken back in the same callback changes nothing")
    func takenBack() async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            let log = Log()
            socket.onMessage = { [unowned socket] message in
                log(message.text)
                socket.pause()
                socket.resume()
            }
            peer.socket.write((0..<5).flatMap { WireFrame.text("\($0)").masked().bytes })
            try await until("all") { log.lines == ["0", "1", "2", "3", "4"] }
        }
    }

    @Test("Pings before the next message are answered, those behind it are not yet")
    func controls() async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            let log = Log()
            socket.onMessage = { [unowned socket] message in
                log(message.text)
                socket.pause()
            }
            peer.send(.text("1").masked(), .ping("a").masked(), .text("2").masked(), .ping("b").masked())
            try await until("the pong") { peer.frames == [.pong("a")] }
            await turns()
            #expect(log.lines == ["1"] && peer.frames.count == 1)
            socket.resume()
            try await until("the other") { peer.frames == [.pong("a"), .pong("b")] }
            #expect(log.lines == ["1", "2"])
        }
    }

    @Test("A WebSocket that was paused while it was opened keeps what came with the request")
    func whileOpening() async {
        await withServer { server in
            let log = Log()
            server.onOpen = { socket, _ in
                socket.onMessage = { log($0.text) }
                socket.pause()
            }
            let peer = try await server.connect()
            peer.socket.write(
                Array(upgradeRequest().utf8) + WireFrame.text("1").masked().bytes + WireFrame.text("2").masked().bytes)
            try await until("the answer") { !peer.head.isEmpty }
            await turns()
            #expect(log.lines == [])
            server.lastOpened?.resume()
            try await until("both") { log.lines == ["1", "2"] }
        }
    }

    @Test("The peer's end comes behind what was kept")
    func end() async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            let log = Log()
            socket.onMessage = { [unowned socket] message in
                log(message.text)
                socket.pause()
            }
            socket.onClose = { code, _ in log("\(code.rawValue)") }
            peer.send(.text("1").masked(), .text("2").masked(), .close(1000).masked())
            peer.socket.end()
            try await until("a message") { log.lines == ["1"] }
            await turns()
            socket.resume()
            try await until("the end") { log.lines == ["1", "2", "1000"] }
        }
    }

    @Test("A close while messages are kept drops them, and the handshake goes on")
    func close() async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            let log = Log()
            socket.onMessage = { [unowned socket] message in
                log(message.text)
                socket.pause()
            }
            socket.onClose = { code, _ in log("\(code.rawValue)") }
            peer.send(.text("1").masked(), .text("2").masked(), .text("3").masked())
            try await until("a message") { log.lines == ["1"] }
            socket.close(.goingAway)
            peer.send(.close(1001).masked())
            try await peer.finish()
            #expect(peer.frames == [.close(1001)])
            try await until("the end") { log.lines == ["1", "1001"] }
        }
    }
}
