import UVHTTPExtras
import UVWebSocket

struct Line: Codable { var room, name, text: String }

@LoopActor
final class Chat {
    let hub = WebSocketHub(heartbeat: .seconds(30))
    let router = Router()
    private var lines: [Line] = []

    init() {
        router.get("/") { request, response in
            response.setHeader(.contentType, "text/html; charset=utf-8")
            response.end(page)
        }
        router.get("/lines") { [self] request, response in
            try response.json(lines.suffix(max(request.query["count"].flatMap { Int($0) } ?? 20, 0)))
        }
        router.post("/lines") { [self] request, response in
            let line = try await request.json(as: Line.self)
            try say(line)
            try response.json(line, status: .created)
        }
        router.webSocket("/rooms/:room") { [self] socket, request in
            let room = request.parameters["room"] ?? ""
            guard RoomName(room) != nil else { return socket.close(.policyViolation, reason: "no room has this name") }
            try hub.join(socket, room)
            for try await message in socket.messages {
                try say(Line(room: room, name: request.query["name"] ?? "guest", text: message.text))
            }
        }
    }

    private func say(_ line: Line) throws {
        guard let room = RoomName(line.room) else { throw HTTPError(.badRequest, "No room has this name.") }
        lines = lines.suffix(99) + [line]
        hub.broadcast("\(line.name): \(line.text)", to: .room(room))
    }
}
