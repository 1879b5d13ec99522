import UVCore

func writeAfterEnd() -> Int32 {
    EventLoop.run { loop in
        var closeServer = {}
        let server = Server { socket in
            closeServer()
            var received: [UInt8] = []
            socket.onData = { bytes in received += bytes }
            socket.onEnd = {
                print("the server got", received.text)
                socket.end()
            }
        }
        server.allowsHalfOpen = true
        closeServer = { server.close() }

        server.listen(port: 0) {
            var client: Socket?
            client = Socket.connect(port: server.port, host: "127.0.0.1") {
                guard let client else { return }
                client.write("before ")
                client.end("the end")
                client.end()
                print("ended twice, destroyed:", client.isDestroyed)
                loop.setImmediate {
                    print("write:", client.write("too late"), "destroyed:", client.isDestroyed)
                    print("write:", client.write("again"), "destroyed:", client.isDestroyed)
                    loop.nextTick { print("tick") }
                    loop.setImmediate { print("immediate") }
                }
            }
            client?.onError = { _ in print("error") }
            client?.onClose = { hadError in print("close", hadError) }
        }
    }
}
