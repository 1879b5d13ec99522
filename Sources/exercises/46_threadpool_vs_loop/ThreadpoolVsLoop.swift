import UVCore

func threadpoolVsLoop() -> Int32 {
    setEnvironment("UV_THREADPOOL_SIZE", to: "1")
    return EventLoop.run { loop in
        var networked = false
        var timed = false
        try loop.workers.run { _ in
            stretchedKey(of: "p", salt: "s")
        } then: { _ in
            print("pbkdf2 done; meanwhile network", networked, "timer", timed)
        }
        FileSystem.stat(".") { _ in print("fs.stat") }
        DNS.lookup("localhost") { _ in print("dns.lookup") }
        loop.setTimeout(.milliseconds(5)) { timed = true }

        let server = Server { socket in socket.end("x") }
        server.listen(port: 0) {
            let client = Socket.connect(port: server.port, host: "127.0.0.1")
            client.onData = { _ in
                networked = true
                server.close()
            }
        }
    }
}

/// A password made slow to guess: hashed again and again, for a fifth of a second.
private func stretchedKey(of password: String, salt: String) -> UInt64 {
    var key: UInt64 = 14_695_981_039_346_656_037
    let end = ContinuousClock.now + .milliseconds(200)
    while ContinuousClock.now < end {
        for byte in (password + salt).utf8 { key = (key ^ UInt64(byte)) &* 1_099_511_628_211 }
    }
    return key
}
