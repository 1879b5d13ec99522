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
        let members = try Self.members(of: message)
        switch members.kind {
        case .subscribe: self = .subscribe(try Self.rooms(in: members.rooms))
        case .unsubscribe: self = .unsubscribe(try Self.rooms(in: members.rooms))
        case .ping: self = .ping
        case nil: throw .unsupported
        }
    }

    private static func members(of message: [UInt8]) throws(Refusal) -> Members {
        do throws(JSONError) {
            if let members = try Members(message) { return members }
        } catch {
            throw .invalid("The message is not JSON: \(error.message).")
        }
        throw .invalid("The message must be a JSON object.")
    }

    private static func rooms(in names: [String]?) throws(Refusal) -> [RoomName] {
        guard let names, let rooms = roomNames(names) else {
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

/// The members of a message that count; of several of one name the last.
private struct Members {
    enum Kind {
        case subscribe, unsubscribe, ping
    }

    private(set) var kind: Kind?
    private(set) var rooms: [String]?

    /// Nil if the message is JSON, but no object.
    init?(_ message: [UInt8]) throws(JSONError) {
        var reader = try JSONReader(message)
        let isObject = try reader.beginObject()
        while isObject, let name = try reader.nextMember() {
            if reader.says(name, "type") {
                kind = Self.kind(try reader.readValue(), in: reader)
            } else if reader.says(name, "rooms") {
                rooms = try reader.readStrings()
            } else {
                try reader.skipValue()
            }
        }
        try reader.end()
        guard isObject else { return nil }
    }

    private static func kind(_ value: JSONValue, in reader: JSONReader) -> Kind? {
        guard case .string(let name) = value else { return nil }
        if reader.says(name, "subscribe") { return .subscribe }
        if reader.says(name, "unsubscribe") { return .unsubscribe }
        return reader.says(name, "ping") ? .ping : nil
    }
}
