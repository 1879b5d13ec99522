import UVCore

func closePhase() -> Int32 {
    EventLoop.run { loop in
        let server = Server { socket in socket.resume() }
        server.listen(port: 0) {
            var client: Socket?
            client = Socket.connect(port: server.port, host: "127.0.0.1") {
                guard let client else { return }
                client.onClose = { hadError in
                    server.close { print("server closed") }
                    print("socket close event, hadError", hadError)
                    loop.nextTick { print("tick from close") }
                }
                loop.setTimeout(.zero) { print("timeout 0") }
                loop.setImmediate {
                    print("immediate")
                    loop.nextTick { print("tick from immediate") }
                }
                loop.nextTick { print("tick") }
                loop.queueMicrotask { print("microtask") }
                client.destroy()
                print("destroyed", client.isDestroyed)
                busy(.milliseconds(5))
            }
        }
    }
}
