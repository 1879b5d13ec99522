import UVWebSocket

/// A hub whose events reach the members of rooms.
@LoopActor
private func makeServer(_ hub: WebSocketHub) -> HTTPServer {
    let server = HTTPServer { _, response in response.end("This is HTTP.") }
    let upgrader = WebSocketUpgrader { socket, _ in
        socket.onMessage = { message in
            let names = message.text.split(separator: " ").map(String.init)
            for name in names { try hub.join(socket, name) }
            socket.send("joined \(names.joined(separator: " and "))")
        }
    }
    upgrader.attach(to: server)
    return server
}

@LoopActor
private func connect(
    to server: HTTPServer, _ names: String, onMessage: @escaping (String, WebSocket) -> Void,
    onClose: @escaping () -> Void
) {
    guard let url = WebSocketURL("ws://127.0.0.1:\(server.address?.port ?? 0)/ws/tasks") else { return }
    WebSocketClient.connect(to: url) { result in
        let socket = try result.get()
        socket.onMessage = { message in onMessage(message.text, socket) }
        socket.onClose = { _, _ in onClose() }
        socket.send(names)
    }
}

func websocketRooms() -> Int32 {
    EventLoop.run { _ in
        let key = "dGhlIHNhbXBsZSBub25jZQ=="
        print("the key \(key) is answered \(try Handshake.acceptKey(for: key))")

        let hub = WebSocketHub()
        let server = makeServer(hub)
        let clients = [
            ("Ann", "tasks"), ("Bob", "project-atlas"), ("Cleo", "tasks project-atlas"), ("Dan", "project-zeus"),
        ]
        var heard: [[String]] = []
        var open = 0

        @LoopActor func connectNext() {
            if open == clients.count { return sendEvents() }
            let number = open
            heard.append([])
            connect(to: server, clients[number].1) { text, socket in
                heard[number].append(text)
                if heard[number].count == 1 { connectNext() }
                if text == "bye" { socket.close() }
            } onClose: {
                closed()
            }
            open += 1
        }

        @LoopActor func sendEvents() {
            broadcast("task 1 of atlas created", ["tasks", "project-atlas"])
            broadcast("task 2 created", ["tasks"])
            broadcast("task 3 of zeus created", ["tasks", "project-zeus"])
            broadcast("bye", ["tasks", "project-atlas", "project-zeus"])
        }

        @LoopActor func broadcast(_ message: String, _ rooms: [RoomName]) {
            hub.broadcast(message, to: .rooms(rooms))
        }

        @LoopActor func closed() {
            open -= 1
            guard open == 0 else { return }
            for (client, messages) in zip(clients, heard) {
                print("\(client.0): \(messages.joined(separator: ", "))")
            }
            server.close()
        }

        server.listen(port: 0, connectNext)
    }
}
