import LoopTesting
import Testing
import UVCore
import UVHTTP
import UVWebSocket

@Suite("The messages of a WebSocket, for a task")
struct MessagesTests {
    @Test(
        "They come in order, however many came in one read, and the peer's good end ends the loop",
        arguments: [1, 15, 16, 17, 500])
    func inOrder(count: Int) async {
        await withServer { server in
            let log = Log()
            server.onOpen = { socket, _ in
                let messages = socket.messages
                server.loop.spawn {
                    for try await message in messages { log(message.text) }
                    log("end")
                }
            }
            let (_, peer) = try await server.open()
            let close = WireFrame.close(1000).masked().bytes
            peer.socket.write((0..<count).flatMap { WireFrame.text("\($0)").masked().bytes } + close)
            peer.socket.end()
            try await until("the end") { log.lines.last == "end" }
            #expect(log.lines == (0..<count).map(String.init) + ["end"])
        }
    }

    @Test(
        "An end that is not good is thrown, behind what came before", arguments: [1002, 1011, 3000, nil] as [UInt16?])
    func badEnd(code: UInt16?) async {
        await withServer { server in
            let log = Log()
            server.onOpen = { socket, _ in
                let messages = socket.messages
                server.loop.spawn {
                    do {
                        for try await message in messages { log(message.text) }
                    } catch {
                        log("\((error as? WebSocketClosure)?.code.rawValue ?? 0)")
                    }
                }
            }
            let (_, peer) = try await server.open()
            peer.send(.text("1").masked())
            if let code {
                peer.send(.close(code).masked())
                peer.socket.end()
            } else {
                try await until("the message") { log.lines == ["1"] }
                peer.socket.destroy()
            }
            try await until("the end") { log.lines.count == 2 }
            #expect(log.lines == ["1", "\(code ?? 1006)"])
        }
    }

    @Test("A task that does not take them holds the peer up, and pings are answered until then")
    func heldUp() async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            let messages = socket.messages
            let piece = WireFrame.binary([UInt8](repeating: 0, count: 60_000)).masked().bytes
            peer.send(.text("1").masked(), .ping("a").masked())
            try await until("the pong") { peer.frames == [.pong("a")] }
            // More than the system's buffers and ours.
            peer.socket.write([UInt8](repeatElement(piece, count: 200).joined()))
            await turns(200)
            #expect(peer.socket.writableLength > 1_000_000)
            var count = 0
            for try await _ in messages {
                count += 1
                if count == 201 { break }
            }
            #expect(count == 201 && peer.socket.writableLength == 0)
        }
    }

    @Test("Another loop goes on where one was left")
    func left() async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            _ = socket.messages
            peer.send(.text("1").masked(), .text("2").masked(), .text("3").masked())
            var seen: [String] = []
            for _ in 0..<3 {
                for try await message in socket.messages {
                    seen.append(message.text)
                    break
                }
            }
            #expect(seen == ["1", "2", "3"])
        }
    }

    @Test("Cancelling the task ends its loop and nothing else")
    func cancelled() async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            let log = Log()
            let messages = socket.messages
            let task = server.loop.spawn {
                for try await message in messages { log(message.text) }
                log("end")
            }
            peer.send(.text("1").masked())
            try await until("a message") { log.lines == ["1"] }
            task.cancel()
            try await until("the end") { log.lines == ["1", "end"] }
            peer.send(.text("2").masked())
            for try await message in messages {
                #expect(message.text == "2")
                break
            }
            #expect(socket.readyState == .open)
        }
    }

    @Test("A cancellation that comes late does not end the wait of another task")
    func lateCancellation() async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            let log = Log()
            let messages = socket.messages
            let task = server.loop.spawn {
                for try await _ in messages { break }
            }
            await turns(2)
            peer.send(.text("1").masked())
            await task.value
            task.cancel()
            server.loop.spawn {
                for try await message in messages {
                    log(message.text)
                    break
                }
            }
            await turns(5)
            peer.send(.text("2").masked())
            try await until("the other message") { log.lines == ["2"] }
        }
    }

    @Test("A closed WebSocket has none")
    func closed() async {
        await withServer { server in
            let (socket, _) = try await server.open()
            socket.terminate()
            try await until("the end") { socket.readyState == .closed }
            await turns()
            for try await _ in socket.messages { Issue.record("a message") }
        }
    }

    @Test("A route gives each WebSocket a task, which hears the first message, and so does a client")
    func route() async {
        await onLoop { loop in
            let router = Router()
            let log = Log()
            router.webSocket("/echo") { socket, request async throws in
                socket.send("welcome")
                for try await message in socket.messages { socket.send(message) }
                log("gone")
            }
            let server = HTTPServer(router)
            server.listen(port: 0)
            try await until("the port") { server.address != nil }
            let url = try #require(WebSocketURL("ws://127.0.0.1:\(server.address?.port ?? 0)/echo"))
            let socket = try await WebSocketClient.connect(to: url)
            socket.send("1")
            var seen: [String] = []
            for try await message in socket.messages {
                seen.append(message.text)
                if seen.count == 2 { socket.close() }
            }
            #expect(seen == ["welcome", "1"])
            try await until("the other end") { log.lines == ["gone"] }
            server.close()
        }
    }

    @Test("What the task of a route throws closes its WebSocket with 1011")
    func routeThrows() async {
        await onLoop { loop in
            let router = Router()
            let log = Log()
            router.webSocket("/") { socket, request async throws in
                socket.onError = { log("\($0)") }
                for try await message in socket.messages { throw Thrown(message.text) }
            }
            let server = HTTPServer(router)
            server.listen(port: 0)
            try await until("the port") { server.address != nil }
            let url = try #require(WebSocketURL("ws://127.0.0.1:\(server.address?.port ?? 0)/"))
            let socket = try await WebSocketClient.connect(to: url)
            socket.send("oh")
            do {
                for try await _ in socket.messages {}
                Issue.record("a good end")
            } catch {
                #expect((error as? WebSocketClosure)?.code == .internalError)
            }
            #expect(log.lines == ["oh"])
            server.close()
        }
    }
}
