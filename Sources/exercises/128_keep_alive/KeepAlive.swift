import UVCore

@LoopActor
private func timerOfSystem(_ client: Socket) async throws -> String {
    let ends = [client.localAddress, client.remoteAddress].map { address in
        let digits = String(address?.port ?? 0, radix: 16, uppercase: true)
        return ":" + String(repeating: "0", count: 4 - digits.count) + digits
    }
    let text = try await FileSystem.readFile("/proc/net/tcp").text
    let table = text.split(separator: "\n").map { line in line.split(separator: " ") }
    let connection = table.first { line in zip(line[1...], ends).allSatisfy { $0.hasSuffix($1) } }
    guard let timer = connection?[5] else { return "no connection" }
    let ticks = timer.hasPrefix("02:") ? Int(timer.dropFirst(3), radix: 16) : nil
    return ticks.map { "a probe in \(($0 + 999) / 1_000 * 10) s" } ?? "no probe"
}

@LoopActor
private func ask(_ client: Socket) async throws {
    @LoopActor func show(_ what: String) async throws {
        print(what, try await timerOfSystem(client))
    }
    try await show("asked for before there was a connection:")
    client.setKeepAlive(false)
    try await show("taken back:")
    client.setKeepAlive(initialDelay: .seconds(600))
    try await show("asked for again:")
    client.setKeepAlive(initialDelay: .seconds(30))
    try await show("another time:")
    client.end()
}

func keepAlive() -> Int32 {
    EventLoop.run { loop in
        var closeServer = {}
        let server = Server { socket in
            closeServer()
            socket.onEnd = { print("the server hears the end") }
            socket.resume()
        }
        closeServer = { server.close() }

        server.listen(port: 0) {
            let client = Socket.connect(port: server.port, host: "127.0.0.1") { client in
                loop.spawn { try await ask(client) }
            }
            client.setKeepAlive(initialDelay: .seconds(60))
            client.onClose = { hadError in print("close", hadError) }
        }
    }
}
