import UVCore

func pausedSocket() -> Int32 {
    EventLoop.run { _ in PausedSocketCases().next() }
}

/// Tries one thing after another that the peer of a paused socket may do.
@LoopActor
private final class PausedSocketCases {
    private var left = [0, 100, 20_000].flatMap { count in ["end", "reset"].map { (count, $0) } }[...]
    private var client: Socket?

    func next() {
        guard let (count, news) = left.popFirst() else { return }
        print("\(news) behind \(count) bytes")
        var close = {}
        let server = Server { [self] socket in
            close()
            watch(socket)
            until({ socket.bytesRead == count }) { [self] in
                if news == "end" { client?.end() } else { client?.resetAndDestroy() }
                turns(5) {
                    guard !socket.isDestroyed else { return }
                    print("  resume")
                    socket.resume()
                }
            }
        }
        close = { server.close() }
        server.listen(port: 0) { [self] in
            client = Socket.connect(port: server.port, host: "127.0.0.1")
            client?.write([UInt8](repeating: 0, count: count))
        }
    }

    private func watch(_ socket: Socket) {
        socket.pause()
        socket.onData = { bytes in print("  data", bytes.count) }
        socket.onEnd = { print("  end") }
        socket.onError = { error in print("  error", error.name) }
        socket.onClose = { [self] hadError in
            print("  close", hadError)
            client?.destroy()
            turns(8) { [self] in next() }
        }
    }

    private func turns(_ count: Int, _ body: @escaping () -> Void) {
        EventLoop.current.setImmediate { [self] in if count == 0 { body() } else { turns(count - 1, body) } }
    }

    private func until(_ condition: @escaping () -> Bool, _ body: @escaping () -> Void) {
        EventLoop.current.setImmediate { [self] in if condition() { body() } else { until(condition, body) } }
    }
}
