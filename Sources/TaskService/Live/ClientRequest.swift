import UVCore
import UVWebSocket

/// What a client asks of the live events.
enum ClientRequest: Hashable {
    case subscribe([RoomName])
    case unsubscribe([RoomName])
    case ping

    /// Why a message is no request; the client is told, and the connection stays.
    struct Refusal: Error {
        let code: String
        let message: String

        static func invalid(_ message: String) -> Refusal { Refusal(code: "INVALID_MESSAGE", message: message) }

        static let unsupported = Refusal(
            code: "UNSUPPORTED_MESSAGE",
            message: """
                A message says by "type" what it asks for: {"type":"subscribe","rooms":["tasks"]}, \
                {"type":"unsubscribe","rooms":["tasks"]} or {"type":"ping"}.
                """)

        static let tooManyRooms = Refusal(
            code: "LIMIT_EXCEEDED", message: "A client is in \(WebSocketLimits().rooms) rooms at most.")
    }

    /// Reads a message.
    init(_ message: [UInt8]) throws(Refusal) {
        let (type, names) = try Self.members(of: message)
        let text = type?.string ?? ""
        if text.isSame(as: "subscribe") {
            self = .subscribe(try Self.rooms(in: names))
        } else if text.isSame(as: "unsubscribe") {
            self = .unsubscribe(try Self.rooms(in: names))
        } else if text.isSame(as: "ping") {
            self = .ping
        } else {
            throw .unsupported
        }
    }

    private static let names = JSONNames(["type", "rooms"])

    private static func members(of message: [UInt8]) throws(Refusal) -> (type: JSONValue?, rooms: JSONValue?) {
        do throws(JSONError) {
            if let members = try JSONReader.readMembers(names, of: message) { return (members[0], members[1]) }
        } catch {
            throw .invalid("The message is not JSON: \(error.message).")
        }
        throw .invalid("The message must be a JSON object.")
    }

    private static func rooms(in names: JSONValue?) throws(Refusal) -> [RoomName] {
        guard let names = names?.strings, let rooms = roomNames(names) else {
            throw .invalid("rooms must be a list of names, each of 1 to \(RoomName.longest) bytes.")
        }
        guard rooms.count <= WebSocketLimits().rooms else { throw .tooManyRooms }
        return rooms
    }

    /// The rooms of those names, each once, in the order of their first mention; nil if one is no name. A client can be in
    /// ``WebSocketLimits/rooms``: of more names one more is returned, and the others are not looked at.
    static func roomNames(_ names: [String]) -> [RoomName]? {
        var rooms: [RoomName] = []
        var seen: Set<RoomName> = []
        for name in names {
            guard let room = RoomName(name) else { return nil }
            if seen.insert(room).inserted { rooms.append(room) }
            if rooms.count > WebSocketLimits().rooms { break }
        }
        return rooms
    }
}
