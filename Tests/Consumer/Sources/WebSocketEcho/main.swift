import UVWebSocket

EventLoop.main { loop in
    let server = HTTPServer { request, response in
        response.end("This is HTTP; try ws://localhost:8080\n")
    }
    let upgrader = WebSocketUpgrader { socket, request in
        socket.send("Welcome to \(request.path)")
        socket.onMessage = { message in socket.send(message) }
        socket.onClose = { code, reason in print("closed with \(code.rawValue)") }
    }
    upgrader.attach(to: server)
    server.listen(port: 8080)
}
