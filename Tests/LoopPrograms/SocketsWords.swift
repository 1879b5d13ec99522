import UVCore

/// The words about sockets: `sockets.py` says what they are for.
@LoopActor
final class SocketsWords: Vocabulary {
    private let run: ProgramRun
    private let loop: EventLoop

    private var accepted: [Substring: Socket] = [:]
    private var peers: [Substring: Socket] = [:]

    init(of run: ProgramRun, on loop: EventLoop) {
        self.run = run
        self.loop = loop
    }

    var words: [Substring: (Substring) throws -> Void] {
        servers.merging(own) { first, _ in first }.merging(theirs) { first, _ in first }
    }

    private var servers: [Substring: (Substring) throws -> Void] {
        [
            "connect": { [self] target in try connect(target) },
            "listen": { [self] target in
                let server = Server { _ in }
                server.listen(port: 0) { [run] in
                    run.say("\(target) listening \(server.isListening)")
                    server.close { try run.call(target) }
                }
            },
            "close-server": { [run] target in Server { _ in }.close { try run.call(target) } },
        ]
    }

    /// What is done with the accepted socket.
    private var own: [Substring: (Substring) throws -> Void] {
        [
            "pause": { [self] in accepted[$0]?.pause() },
            "resume": { [self] in accepted[$0]?.resume() },
            "read": { [self] target in
                guard let socket = accepted[target], socket.onData == nil else { return }
                socket.onData = { [run] bytes in run.say("\(target) data \(bytes.count)") }
            },
            "write": { [self] target in
                if let socket = accepted[target] { run.say("\(target) write \(socket.write("x"))") }
            },
            "end": { [self] in accepted[$0]?.end() },
            "destroy": { [self] in accepted[$0]?.destroy() },
            "fail": { [self] in accepted[$0]?.destroy(.cancelled("fail")) },
        ]
    }

    /// What the other end does.
    private var theirs: [Substring: (Substring) throws -> Void] {
        func send(_ count: Int) -> (Socket) -> Void {
            { peer in if peer.isWritable { peer.write([UInt8](repeating: 0, count: count)) } }
        }
        return [
            "peer-send": { [self] in try inTurn($0, send(100)) },
            "peer-send-much": { [self] in try inTurn($0, send(20_000)) },
            "peer-end": { [self] in try inTurn($0) { $0.end() } },
            "peer-reset": { [self] in try inTurn($0) { $0.resetAndDestroy() } },
        ]
    }

    private func connect(_ target: Substring) throws {
        try run.turns.untilDone { [self] done in
            var close = {}
            let server = Server { [self] socket in
                close()
                run.turns.wait(4, done)
                socket.unref()
                try watch(target, socket)
            }
            close = { server.close() }
            server.listen(port: 0) { [self] in
                let peer = Socket.connect(port: server.address?.port ?? 0, host: "127.0.0.1")
                peer.onError = { _ in }
                peer.resume()
                peer.unref()
                peers[target] = peer
            }
        }
    }

    private func watch(_ target: Substring, _ socket: Socket) throws {
        accepted[target] = socket
        socket.onEnd = { [run] in run.say("\(target) end") }
        socket.onError = { [run] _ in run.say("\(target) error") }
        socket.onClose = { [run] in run.say("\(target) close \($0)") }
        try run.call(target)
    }

    private func inTurn(_ target: Substring, _ act: @escaping (Socket) -> Void) throws {
        guard accepted[target] != nil else { return }
        try run.turns.inTurn { [self] in if let peer = peers[target], !peer.isDestroyed { act(peer) } }
    }
}
