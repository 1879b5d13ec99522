import LoopTesting
import Testing
import UVCore
import UVWebSocket

@Suite("A broadcast reaches each member of its rooms once, in order")
struct BroadcastTests {
    @Test("To a room, to several, to all, and not to the sender")
    func ways() async {
        await withServer { server in
            let hub = server.hub
            let (first, firstPeer) = try await server.open()
            let (second, secondPeer) = try await server.open()
            let (third, thirdPeer) = try await server.open()
            try hub.join(first, "a")
            try hub.join(second, "a")
            try hub.join(second, "b")
            hub.add(third)
            hub.broadcast("1", to: "a")
            hub.broadcast("2", to: "a", except: first)
            hub.broadcast(WebSocketMessage(json: Array("3".utf8)), to: "b", except: second)
            hub.broadcast(WebSocketMessage(json: Array("4".utf8)), to: .rooms(["a", "b", "none"]))
            hub.broadcast("4a", to: .rooms(["b", "a"]))
            first.onMessage = { message in hub.broadcast(message, to: .all, except: first) }
            firstPeer.send(.text("5").masked(), .binary([6]).masked())
            try await until("the last") { secondPeer.frames.count == 6 && thirdPeer.frames.count == 2 }
            #expect(firstPeer.frames == [.text("1"), .text("4"), .text("4a")])
            #expect(secondPeer.frames == [.text("1"), .text("2"), .text("4"), .text("4a"), .text("5"), .binary([6])])
            #expect(thirdPeer.frames == [.text("5"), .binary([6])])
        }
    }

    @Test("What one iteration brings is kept until check, then written")
    func collected() async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            try server.hub.join(socket, "a")
            let log = Log()
            await turns(1)
            // In an immediate's queues: the next check is that of the next iteration.
            for number in 1...3 { server.hub.broadcast("\(number)", to: "a") }
            server.loop.setImmediate { log("immediate \(socket.bufferedAmount)") }
            #expect(socket.bufferedAmount == 9)
            try await until("all") { peer.frames.count == 3 }
            #expect(log.lines == ["immediate 0"])
        }
    }

    @Test("Members that leave or end during a broadcast, or join, disturb nobody")
    func leavingMeanwhile() async {
        await withServer { server in
            let hub = server.hub
            var sockets: [WebSocket] = []
            for _ in 0..<6 {
                let (socket, _) = try await server.open()
                try hub.join(socket, "a")
                sockets.append(socket)
            }
            let leaving = sockets
            hub.broadcast("before", to: "a")
            hub.leave(leaving[0], "a")
            leaving[1].terminate()
            leaving[2].close()
            hub.remove(leaving[3])
            hub.broadcast("after", to: "a")
            let (late, latePeer) = try await server.open()
            try hub.join(late, "a")
            hub.broadcast("last", to: "a")
            try await until("the last") { latePeer.frames.count == 1 && server.peers[5].frames.count == 3 }
            await turns()
            let before = WireFrame.text("before")
            #expect(server.peers[0].frames == [before])
            #expect(server.peers[1].frames == [])
            #expect(server.peers[2].frames == [before, .close(1000)])
            #expect(server.peers[3].frames == [before])
            #expect(server.peers[4].frames == [before, .text("after"), .text("last")])
            #expect(latePeer.frames == [.text("last")])
            #expect(server.peers.allSatisfy { $0.leftover == 0 })
            sockets = []
        }
    }

    @Test("A broadcast made by a callback of a member that closes reaches the others")
    func fromOnClose() async {
        await withServer { server in
            let hub = server.hub
            let (first, firstPeer) = try await server.open()
            let (second, secondPeer) = try await server.open()
            try hub.join(first, "a")
            try hub.join(second, "a")
            first.onClose = { [unowned first] _, _ in
                #expect(hub.rooms(of: first).isEmpty)
                hub.broadcast("somebody left", to: "a")
            }
            firstPeer.socket.destroy()
            #expect(try await secondPeer.frame() == .text("somebody left"))
        }
    }

    @Test("Messages to a room, to others and directly to a member come in the order in which they were sent")
    func order() async {
        await withServer { server in
            let hub = server.hub
            let (first, firstPeer) = try await server.open()
            let (second, secondPeer) = try await server.open()
            for socket in [first, second] { try hub.join(socket, "a") }
            try hub.join(second, "b")
            hub.broadcast("1", to: "a")
            hub.broadcast("2", to: "a")
            first.send("3 directly")
            hub.broadcast("4", to: "b")
            hub.broadcast("5", to: .all)
            hub.broadcast("6", to: .all, except: second)
            hub.broadcast("7", to: "a", except: second)
            second.ping(Array("8".utf8))
            hub.broadcast("9", to: .rooms(["a", "b"]))
            hub.broadcast("10", to: .rooms(["a", "b"]))
            hub.broadcast("11", to: .room("a"))
            try await until("the last") { firstPeer.frames.count == 9 && secondPeer.frames.count == 8 }
            let texts = ["1", "2", "3 directly", "5", "6", "7", "9", "10", "11"]
            #expect(firstPeer.frames == texts.map { .text($0) })
            let others: [WireFrame] = [.text("1"), .text("2"), .text("4"), .text("5"), .ping("8")]
            #expect(secondPeer.frames == others + [.text("9"), .text("10"), .text("11")])
        }
    }

    @Test("What was sent before a member joins or leaves is not, or still, for it", arguments: [1, 40_000])
    func joining(length: Int) async {
        await withServer { server in
            let hub = server.hub
            let (old, oldPeer) = try await server.open()
            let (new, newPeer) = try await server.open()
            try hub.join(old, "a")
            let text = String(repeating: "m", count: length)
            for number in 1...3 { hub.broadcast("\(number) \(text)", to: "a") }
            try hub.join(new, "a")
            hub.broadcast("both", to: "a")
            hub.leave(old, "a")
            hub.broadcast("new", to: "a")
            try await until("all") { oldPeer.frames.count == 4 && newPeer.frames.count == 2 }
            await turns()
            #expect(oldPeer.frames == (1...3).map { .text("\($0) \(text)") } + [.text("both")])
            #expect(newPeer.frames == [.text("both"), .text("new")])
        }
    }

    @Test("A hub of clients masks what it sends, each frame with its own key")
    func clients() async {
        await withServer { server in
            let log = Log()
            server.onOpen = { socket, _ in socket.onMessage = { log($0.text) } }
            let hub = WebSocketHub(heartbeat: .zero)
            guard let url = WebSocketURL("ws://127.0.0.1:\(server.port)/") else { throw Thrown("no URL") }
            let clients = [try await WebSocketClient.connect(to: url), try await WebSocketClient.connect(to: url)]
            for client in clients { try hub.join(client, "upstream") }
            hub.broadcast("hello", to: "upstream")
            hub.broadcast("again", to: "upstream")
            try await until("all") { log.lines.count == 4 }
            #expect(log.lines.sorted() == ["again", "again", "hello", "hello"])
            for client in clients { client.terminate() }
        }
    }
}
