import UVWebSocket

EventLoop.main { loop in
    let hub = WebSocketHub(heartbeat: .seconds(30))
    let router = Router()
    router.webSocket("/rooms/:name") { socket, request in
        guard let room = RoomName(request.parameters["name"] ?? "") else {
            return socket.close(.policyViolation, reason: "no room has this name")
        }
        try hub.join(socket, room)
        socket.onMessage = { message in hub.broadcast(message, to: .room(room), except: socket) }
    }
    router.get("/tell/:news") { request, response in
        hub.broadcast("News: \(request.parameters["news"] ?? "")", to: .all)
        response.end("\(hub.memberCount) told\n")
    }
    HTTPServer(router).listen(port: 8080)
}
