import UVCore

func acceptOrder() -> Int32 {
    EventLoop.run { loop in
        var count = 0
        var closeServer = {}

        let server = Server { socket in
            count += 1
            let number = count
            print("connection", number)
            loop.nextTick { print("tick of", number) }
            loop.setImmediate { print("immediate of", number) }
            socket.end()
            if count == 3 { closeServer() }
        }
        closeServer = { server.close() }

        server.listen(port: 0) {
            for _ in 1...3 {
                Socket.connect(port: server.port, host: "127.0.0.1").resume()
            }
            print("three clients connect")
        }
    }
}
