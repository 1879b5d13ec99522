import UVWebSocket

/// What a client asks of the live events.
enum ClientRequest: Hashable {
    case subscribe([RoomName])
    case unsubscribe([RoomName])
    case ping

    /// Why a message is no request; the client is told, and the connection stays.
    struct Refusal: Error, Hashable {
        let code: String
        let message: String

        static func invalid(_ message: String) -> Refusal { Refusal(code: "INVALID_MESSAGE", message: message) }

        static let tooManyRooms = Refusal(
            code: "LIMIT_EXCEEDED", message: "A client is in \(WebSocketLimits().rooms) rooms at most.")
    }

    /// Reads a message.
    init(_ message: [UInt8]) throws(Refusal) {
        let members = try Self.members(of: message)
        switch members["type"] {
        case .string("subscribe"): self = .subscribe(try Self.rooms(in: members))
        case .string("unsubscribe"): self = .unsubscribe(try Self.rooms(in: members))
        case .string("ping"): self = .ping
        default:
            throw Refusal(
                code: "UNSUPPORTED_MESSAGE",
                message: #"A message has a "type": subscribe, unsubscribe or ping, such as {"type":"ping"}."#)
        }
    }

    private static func members(of message: [UInt8]) throws(Refusal) -> [String: JSONValue] {
        do throws(JSONError) {
            if case .object(let members) = try JSONReader.read(message) { return members }
        } catch {
            throw .invalid("The message is not JSON: \(error.message).")
        }
        throw .invalid("The message must be a JSON object.")
    }

    private static func rooms(in members: [String: JSONValue]) throws(Refusal) -> [RoomName] {
        guard let names = members["rooms"]?.strings, let rooms = roomNames(names) else {
            throw .invalid("rooms must be a list of names, each of 1 to \(RoomName.longest) bytes.")
        }
        return rooms
    }

    /// The rooms of those names, each once, in the order of their first mention; nil if one is no name.
    static func roomNames(_ names: [String]) -> [RoomName]? {
        var rooms: [RoomName] = []
        var seen: Set<RoomName> = []
        for name in names {
            guard let room = RoomName(name) else { return nil }
            if seen.insert(room).inserted { rooms.append(room) }
        }
        return rooms
    }
}
