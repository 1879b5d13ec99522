import UVCore
import UVWebSocket

/// What a client asks of the live events.
enum ListenerRequest: Hashable {
    /// Begins anew where a point is given.
    case subscribe([RoomName], from: ResumePoint?)
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

        static let tooManyNames = Refusal(
            code: "LIMIT_EXCEEDED", message: "A message has \(Members.mostNames) names of rooms at most.")
    }

    /// Reads a message.
    init(_ message: [UInt8]) throws(Refusal) {
        let members = try Self.members(of: message)
        switch members.kind {
        case .subscribe:
            // A client can be in no more of them.
            let rooms = try Self.rooms(in: members.rooms, atMost: WebSocketLimits().rooms)
            guard rooms.count <= WebSocketLimits().rooms else { throw .tooManyRooms }
            self = .subscribe(rooms, from: try Self.point(in: members))
        case .unsubscribe: self = .unsubscribe(try Self.rooms(in: members.rooms, atMost: Members.mostNames))
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

    private static func rooms(in names: [String]?, atMost most: Int) throws(Refusal) -> [RoomName] {
        if let names, names.count > Members.mostNames { throw .tooManyNames }
        guard let names, let rooms = ListenerRooms.read(names, atMost: most) else {
            throw .invalid("rooms must be a list of names, each of 1 to \(RoomName.longest) bytes.")
        }
        return rooms
    }

    private static func point(in members: Members) throws(Refusal) -> ResumePoint? {
        switch (members.since, members.epoch) {
        case (.malformed, _):
            throw .invalid("since must be a whole number from 0 to \(Int.max), or null to begin with what happens now.")
        case (_, .malformed): throw .invalid("epoch must be a string.")
        case (nil, _): return nil
        case (.now, _): return .now
        case (.number(let number), nil): return .after(number, epoch: nil)
        case (.number(let number), .name(let epoch)): return .after(number, epoch: ByteText(epoch))
        }
    }
}

/// The members of a message that count; of several of one name the last.
fileprivate struct Members {
    enum Kind {
        case subscribe, unsubscribe, ping
    }

    enum Since {
        case now, malformed
        case number(Int)
    }

    enum Epoch {
        case name(String)
        case malformed
    }

    /// How many names of rooms are looked at, those that come again too: a message of one MiB has room for 100,000.
    static let mostNames = 1_000

    private(set) var kind: Kind?
    private(set) var rooms: [String]?
    private(set) var since: Since?
    private(set) var epoch: Epoch?

    /// Nil if the message is JSON, but no object.
    init?(_ message: [UInt8]) throws(JSONError) {
        var reader = try JSONReader(message)
        let isObject = try reader.beginObject()
        while isObject, let name = try reader.nextMember() {
            if reader.says(name, "type") {
                kind = Self.kind(try reader.readValue(), in: reader)
            } else if reader.says(name, "rooms") {
                rooms = try reader.readStrings(atMost: Self.mostNames)
            } else if reader.says(name, "since") {
                since = Self.since(try reader.readValue(), in: reader)
            } else if reader.says(name, "epoch") {
                epoch = Self.epoch(try reader.readValue(), in: reader)
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
    private static func since(_ value: JSONValue, in reader: JSONReader) -> Since {
        switch value {
        case .null: .now
        case .string(let text) where reader.says(text, ""): .now
        case .integer(let number) where number >= 0: .number(number)
        default: .malformed
        }
    }

    /// Null is as if it were not there.
    private static func epoch(_ value: JSONValue, in reader: JSONReader) -> Epoch? {
        switch value {
        case .null: nil
        case .string(let name): .name(reader.text(name))
        default: .malformed
        }
    }
}
