import UVCore

func closeBehindTheError() -> Int32 {
    EventLoop.run { loop in
        var closeServer: (String) -> Void = { _ in }
        let server = Server { socket in
            socket.onError = { _ in
                print("error")
                loop.nextTick { print("tick of the error") }
                closeServer("closed, asked for in the error")
            }
            socket.onClose = { hadError in print("close", hadError) }
            closeServer("closed")
            socket.destroy(.cancelled("exercise"))
            loop.nextTick { print("tick") }
            loop.setImmediate { print("immediate") }
        }
        closeServer = { message in server.close { print(message) } }

        server.listen(port: 0) {
            let client = Socket.connect(port: server.port, host: "127.0.0.1")
            client.onError = { _ in }
            client.resume()
        }
    }
}
