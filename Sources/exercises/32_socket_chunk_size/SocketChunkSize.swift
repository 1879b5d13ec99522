import UVCore

func socketChunkSize() -> Int32 {
    EventLoop.run { loop in
        let total = 1_000_000
        var closeServer = {}
        let server = Server { socket in
            socket.end([UInt8](repeating: 0, count: total))
            closeServer()
        }
        closeServer = { server.close() }

        server.listen(port: 0) {
            let client = Socket.connect(port: server.address?.port ?? 0, host: "127.0.0.1")
            var received = 0
            var chunks = 0
            var largest = 0
            client.onData = { chunk in
                received += chunk.count
                chunks += 1
                largest = max(largest, chunk.count)
            }
            client.pause()
            loop.setTimeout(.milliseconds(50)) {
                print("read while paused", received)
                client.resume()
            }
            client.onClose = { _ in
                print("read in all", received)
                print("largest chunk", largest)
                print("at least as many chunks as needed", chunks * 65_536 >= total)
            }
        }
    }
}
