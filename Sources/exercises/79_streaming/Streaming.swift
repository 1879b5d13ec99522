import UVCore

private let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 16 * 1024)
private let chunkCount = 2048

/// Writes on, whatever write says.
@LoopActor
private func writeAll(_ socket: Socket, _ wrote: @escaping (Bool) -> Void) {
    for _ in 1...chunkCount {
        wrote(socket.write(chunk))
    }
    socket.end()
}

/// Stops when write says so, and goes on when all that waited has been taken.
@LoopActor
private func writeAndWait(_ socket: Socket, _ wrote: @escaping (Bool) -> Void) {
    var count = 0
    func writeSome() {
        while count < chunkCount {
            count += 1
            let mayGoOn = socket.write(chunk)
            wrote(mayGoOn)
            if !mayGoOn { return socket.onDrain = writeSome }
        }
        socket.end()
    }
    writeSome()
}

@LoopActor
private func transfer(_ write: @escaping (Socket, @escaping (Bool) -> Void) -> Void, _ then: @escaping () -> Void) {
    var stops = 0
    var mostWaiting = 0
    var received = 0

    let server = Server { socket in
        write(socket) { mayGoOn in
            if !mayGoOn { stops += 1 }
            mostWaiting = max(mostWaiting, socket.writableLength)
        }
    }
    server.listen(port: 0) {
        let consumer = Socket.connect(port: server.port, host: "127.0.0.1")
        // It looks away for a while, and then it reads.
        consumer.pause()
        EventLoop.current.setTimeout(.milliseconds(50)) { consumer.resume() }
        consumer.onData = { bytes in received += bytes.count }
        consumer.onClose = { _ in
            print("  write() has said stop:", stops > 0)
            print("  never more than 32 KiB waited:", mostWaiting <= 32 * 1024)
            print("  more than 16 MiB waited:", mostWaiting > 16 * 1024 * 1024)
            print("  arrived:", received, "bytes")
            server.close(then)
        }
    }
}

func streaming() -> Int32 {
    EventLoop.run { _ in
        print("writing on")
        transfer(writeAll) {
            print("waiting for drain")
            transfer(writeAndWait) {}
        }
    }
}
