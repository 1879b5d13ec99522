import UVCore

EventLoop.main { loop in
    let server = Server { socket in
        socket.onData = { bytes in socket.write(bytes) }
    }
    server.listen(port: 0) { server in
        guard let port = server.address?.port else { return }
        let client = Socket.connect(port: port) { print("connected") }
        client.onData = { bytes in
            print("echo: \(String(decoding: bytes, as: UTF8.self))")
            client.end()
            server.close()
        }
        client.write("hello")
    }
}
