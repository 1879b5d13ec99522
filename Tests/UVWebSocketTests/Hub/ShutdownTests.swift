import LoopTesting
import Testing
import UVCore
import UVWebSocket

@Suite("A hub's shutdown tells every member 1001, and waits for them")
struct ShutdownTests {
    @Test("Those who answer, those who end, those who do nothing: done is called once, when all are gone")
    func all() async {
        let clock = ManualClock()
        await withServer(clock) { server in
            let log = Log()
            var peers: [RawPeer] = []
            for index in 0..<5 {
                let (socket, peer) = try await server.open()
                try server.hub.join(socket, "a")
                socket.onClose = { code, _ in log("\(index) closed \(code.rawValue)") }
                peers.append(peer)
            }
            server.hub.broadcast("the last news", to: "a")
            server.hub.shutdown(reason: "stopping") { log("done") }
            server.hub.broadcast("nobody hears this", to: "a")
            peers[4].socket.pause()
            for peer in peers.dropLast() {
                #expect(try await peer.frame() == .text("the last news"))
                #expect(try await peer.frame() == .close(1001, "stopping"))
            }
            for peer in peers.prefix(2) { peer.send(.close(1001).masked()) }
            for peer in peers.prefix(2) { try await peer.finish() }
            peers[2].socket.destroy()
            try await until("three ends") { log.lines.count == 3 }
            clock.advance(by: .milliseconds(4_999))
            await turns()
            #expect(log.lines.sorted() == ["0 closed 1001", "1 closed 1001", "2 closed 1006"])
            clock.advance(by: .milliseconds(1))
            try await until("done") { log.lines.last == "done" }
            #expect(log.lines.count == 6 && server.hub.members.isEmpty)
            #expect(peers.allSatisfy { $0.frames.count <= 2 && $0.leftover == 0 })
        }
    }

    @Test("In portions: the first at once, and until its turn a member gets what is sent")
    func portions() async {
        await withServer { server in
            let log = Log()
            var peers: [RawPeer] = []
            var number = 0
            for _ in 0..<5 {
                let (socket, peer) = try await server.open()
                try server.hub.join(socket, "a")
                peers.append(peer)
            }
            server.hub.shutdown(
                .serviceRestart, perTurn: 2,
                reason: {
                    number += 1
                    return "\(number)"
                }
            ) { log("done") }
            #expect(number == 2)
            server.hub.broadcast("the last news", to: "a")
            await turns(1)
            #expect(number == 4)
            for peer in peers {
                peer.send(.close(1012).masked())
                try await peer.finish()
            }
            try await until("done") { log.lines == ["done"] }
            #expect(peers.map { $0.frames.last } == (1...5).map { WireFrame.close(1012, "\($0)") })
            #expect(peers.map { $0.frames.contains(.text("the last news")) } == [false, false, true, true, true])
        }
    }

    @Test("Without members it is done in a tick")
    func empty() async {
        let log = Log()
        await onLoop { loop in
            WebSocketHub().shutdown { log("done") }
            log("called")
            await turns(1)
        }
        #expect(log.lines == ["called", "done"])
    }

    @Test("Members that are closing already, ended, or leave the hub meanwhile, are waited for too")
    func underWay() async {
        await withServer { server in
            let log = Log()
            let (closing, closingPeer) = try await server.open()
            let (ended, _) = try await server.open()
            let (leaving, leavingPeer) = try await server.open()
            for socket in [closing, ended, leaving] { server.hub.add(socket) }
            closing.close(.normal)
            ended.terminate()
            server.hub.shutdown { log("done") }
            server.hub.remove(leaving)
            #expect(try await closingPeer.frame() == .close(1000))
            #expect(try await leavingPeer.frame() == .close(1001))
            await turns()
            #expect(log.lines == [])
            closingPeer.send(.close(1000).masked())
            try await closingPeer.finish()
            await turns()
            #expect(log.lines == [])
            leavingPeer.send(.close(1001).masked())
            try await leavingPeer.finish()
            try await until("done") { log.lines == ["done"] }
        }
    }

    @Test("terminateAll ends them all now")
    func terminateAll() async {
        await withServer { server in
            let log = Log()
            for _ in 0..<3 {
                let (socket, _) = try await server.open()
                server.hub.add(socket)
                socket.onClose = { code, _ in log("\(code.rawValue)") }
            }
            server.hub.shutdown { log("done") }
            server.hub.terminateAll()
            try await until("done") { log.lines.last == "done" }
            #expect(log.lines == ["1006", "1006", "1006", "done"] && server.hub.members.isEmpty)
        }
    }
}
