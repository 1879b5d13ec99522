import UVCore

func socketInALoop() -> Int32 {
    EventLoop.run { loop in
        let server = Server { socket in
            loop.spawn {
                do {
                    for try await bytes in socket.bytes {
                        print("a piece:", bytes.text)
                        socket.write("got \(bytes.text)")
                    }
                    print("the end")
                } catch let error as LoopError {
                    print("broken by", error.name)
                }
            }
        }

        @LoopActor func client(_ first: String, _ next: @escaping (Socket, String) -> Void) -> Socket {
            let socket = Socket.connect(port: server.port, host: "127.0.0.1")
            socket.onData = { bytes in
                print("answer:", bytes.text)
                next(socket, bytes.text)
            }
            socket.write(first)
            return socket
        }

        server.listen(port: 0) {
            client("one") { socket, answer in
                if answer == "got one" { socket.write("two") } else { socket.end() }
            }.onClose = { _ in
                _ = client("three") { socket, _ in
                    socket.resetAndDestroy()
                    server.close()
                }
            }
        }
    }
}
