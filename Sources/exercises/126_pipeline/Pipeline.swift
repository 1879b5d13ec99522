import UVCore

func pipeline() -> Int32 {
    EventLoop.run { _ in
        var received = {}
        let target = Server { socket in
            var text: [UInt8] = []
            socket.onData = { bytes in
                text += bytes
                received()
            }
            socket.onEnd = { socket.end(text.text.uppercased()) }
        }
        target.allowsHalfOpen = true
        let relay = Server { socket in
            let onward = Socket.connect(port: target.port, host: "127.0.0.1")
            onward.allowsHalfOpen = true
            socket.pipe(to: onward) { error in print("there:", error == nil ? "well" : "failed", onward.isDestroyed) }
            onward.pipe(to: socket) { error in print("back:", error == nil ? "well" : "failed") }
        }
        relay.allowsHalfOpen = true

        @LoopActor func connect() -> Socket {
            let client = Socket.connect(port: relay.port, host: "127.0.0.1")
            client.allowsHalfOpen = true
            return client
        }

        @LoopActor func sendWell() {
            let client = connect()
            var text: [UInt8] = []
            client.onData = { bytes in text += bytes }
            client.onClose = { _ in
                print("the client got", text.text)
                breakOff()
            }
            client.end("hello")
        }

        @LoopActor func breakOff() {
            let client = connect()
            client.write("hello")
            received = {
                print("the client breaks off")
                client.resetAndDestroy()
                relay.close()
                target.close()
            }
        }

        target.listen(port: 0) { relay.listen(port: 0) { sendWell() } }
    }
}
