import UVCore

func acceptWithoutWaiting() -> Int32 {
    EventLoop.run { loop in
        var count = 0
        var closeServer = {}

        let server = Server { socket in
            count += 1
            let number = count
            print("connection", number)
            loop.setImmediate { print("immediate of", number) }.unref()
            socket.destroy()
            if count == 4 { closeServer() }
        }
        closeServer = { server.close() }

        server.listen(port: 0) {
            for _ in 1...4 {
                let client = Socket.connect(port: server.port, host: "127.0.0.1")
                client.onError = { _ in }
                client.resume()
            }
            print("four clients connect")
        }
    }
}
