import UVCore

func writeCallbacks() -> Int32 {
    EventLoop.run { loop in
        var closeServer = {}
        let server = Server { socket in
            closeServer()
            socket.onEnd = {
                print("the server hears the end")
                socket.end()
            }
            socket.resume()
        }
        server.allowsHalfOpen = true
        closeServer = { server.close() }

        server.listen(port: 0) {
            let client = Socket.connect(port: server.port, host: "127.0.0.1") { client in
                client.onDrain = { print("drain") }
                client.write("small") { _ in print("small is taken") }
                loop.nextTick { print("tick") }
                let much = [UInt8](repeating: 0, count: 16 << 20)
                print("16 MiB:", client.write(much) { _ in print("16 MiB are taken") })
                client.write("more") { _ in
                    print("more is taken")
                    loop.nextTick { print("tick of the last write") }
                    client.end("the rest") { _ in print("the end is sent") }
                }
                print("all is written")
            }
            client.resume()
            client.onClose = { hadError in print("close", hadError) }
        }
    }
}
