import UVHTTP

/// Sends a request to `server`, over a connection of its own, and gives the lines of the answer: all but the date and the
/// empty ones.
@LoopActor
func ask(
    _ request: String, field: String = "Accept: */*", body: String = "", of server: HTTPServer,
    _ then: @escaping ([String]) throws -> Void
) {
    let socket = Socket.connect(port: server.address?.port ?? 0, host: "127.0.0.1")
    socket.write(
        """
        \(request) HTTP/1.1\r
        Host: localhost\r
        Connection: close\r
        \(field)\r
        Content-Length: \(body.utf8.count)\r
        \r
        \(body)
        """)
    var answer: [UInt8] = []
    socket.onData = { bytes in answer += bytes }
    socket.onClose = { _ in
        let lines = String(decoding: answer, as: UTF8.self).split(separator: "\r\n").map(String.init)
        try then(lines.filter { !$0.hasPrefix("Date:") })
    }
}
