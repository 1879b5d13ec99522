import UVCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

func pathSocket() -> Int32 {
    EventLoop.run { _ in
        let path = "/tmp/exercise-124-\(getpid())"
        let server = Server { socket in socket.end("hello") }

        server.listen(path: path) {
            print("listening, the file is there:", isThere(path))
            let second = Server { _ in }
            second.onError = { error in
                print("a second server:", error.name)
                let client = Socket.connect(path: path)
                client.onData = { bytes in print("data", bytes.text) }
                client.onClose = { _ in
                    server.close {
                        print("closed, the file is there:", isThere(path))
                        Socket.connect(path: path).onError = { error in print("nothing is there:", error.name) }
                    }
                }
            }
            second.listen(path: path)
        }
    }
}

private func isThere(_ path: String) -> Bool { access(path, F_OK) == 0 }
