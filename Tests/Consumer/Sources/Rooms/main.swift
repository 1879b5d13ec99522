import UVWebSocket

EventLoop.main { loop in
    let hub = WebSocketHub(heartbeat: .seconds(30))
    let server = HTTPServer { request, response in
        hub.broadcast("News: \(request.path)", to: "news")
        response.end("\(hub.members(of: "news").count) told\n")
    }
    let upgrader = WebSocketUpgrader { socket, request in
        try hub.join(socket, "news")
        socket.onMessage = { message in
            hub.broadcast(message.text, to: "news", except: socket)
        }
    }
    upgrader.attach(to: server)
    server.listen(port: 8080)
}
