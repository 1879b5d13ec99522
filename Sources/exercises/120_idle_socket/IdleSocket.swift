import UVCore

func idleSocket() -> Int32 {
    EventLoop.run { loop in
        var closeServer = {}
        let server = Server { socket in
            closeServer()
            loop.setTimeout(.milliseconds(100)) { socket.write("late") }
            socket.onEnd = { print("the server hears the end") }
            socket.resume()
        }
        closeServer = { server.close() }

        server.listen(port: 0) {
            let client = Socket.connect(port: server.port, host: "127.0.0.1")
            let start = ContinuousClock.now
            var count = 0
            client.setTimeout(.milliseconds(400))
            client.onTimeout = {
                count += 1
                let isLater = ContinuousClock.now - start >= .milliseconds(500)
                print("timeout", count, "destroyed:", client.isDestroyed, "after the traffic:", isLater)
                if count == 1 {
                    client.write("more")
                } else {
                    client.setTimeout(nil)
                    loop.setTimeout(.milliseconds(500)) { client.end() }
                }
            }
            client.onData = { bytes in print("data", bytes.text) }
            client.onClose = { hadError in print("close", hadError) }
        }
    }
}
