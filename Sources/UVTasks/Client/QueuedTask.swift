import UVCore

/// A task as the server has it.
///
/// What has no property of its own here is in ``json``.
public struct QueuedTask: Sendable {
    /// Its name in all calls.
    public let id: String
    /// What people read.
    public let title: String
    /// Which workers may take it; nil for a task that is for people.
    public let type: String?
    /// The project, or nil for none.
    public let project: String?
    /// A higher one goes first.
    public let priority: Int

    /// `pending`, `in-progress`, `completed` or `failed`.
    public let status: String

    /// Where it is in the queue, such as `ready` or `running`; the server leaves it out for one that uses nothing of it.
    public let state: String?

    /// How often it was claimed, claims that were given back not counted.
    public let attempt: Int

    /// Why its last attempt failed.
    public let error: Failure?

    /// Whether it was there already: ``NewTask/unique``.
    public let isDuplicate: Bool

    /// All that the server has said of it.
    public let json: JSON

    /// What a worker has said that went wrong, or the server where none did.
    public struct Failure: Sendable, Decodable {
        /// The server's name for it, such as `LEASE_EXPIRED`; nil when a worker has failed.
        public let code: String?
        /// A line for people.
        public let message: String

        public init(from decoder: any Decoder) throws {
            let members = try decoder.members
            code = try members.decodeIfPresent(String.self, forKey: "code")
            message = try members.decode(String.self, forKey: "message")
        }
    }

    /// What the worker returned.
    ///
    /// - Throws: `DecodingError` where it is none of that type, or where there is none.
    public func result<Value: Decodable>(as type: Value.Type) throws -> Value {
        try json.decode(as: Holder<Value>.self).result
    }

    private struct Holder<Value: Decodable>: Decodable {
        let result: Value

        init(from decoder: any Decoder) throws { result = try decoder.members.decode(Value.self, forKey: "result") }
    }
}

extension QueuedTask: Decodable {
    public init(from decoder: any Decoder) throws {
        let members = try decoder.members
        id = try members.decode(String.self, forKey: "id")
        title = try members.decode(String.self, forKey: "title")
        type = try members.decodeIfPresent(String.self, forKey: "type")
        project = try members.decodeIfPresent(String.self, forKey: "project")
        priority = try members.decode(Int.self, forKey: "priority")
        status = try members.decode(String.self, forKey: "status")
        state = try members.decodeIfPresent(String.self, forKey: "state")
        attempt = try members.decodeIfPresent(Int.self, forKey: "attempt") ?? 0
        error = try members.decodeIfPresent(Failure.self, forKey: "error")
        isDuplicate = try members.decodeIfPresent(Bool.self, forKey: "duplicate") ?? false
        json = try JSON(from: decoder)
    }
}
