/// The text of one JSON value that a client has sent, kept as it came: the engine does not look into it.
public struct JSONBody: Sendable {
    /// Checked by what has read it: one value, in UTF-8, without white space around it.
    public let bytes: [UInt8]

    /// Takes bytes that are one JSON value; nothing is checked here.
    public init(checked bytes: [UInt8]) { self.bytes = bytes }
}

extension JSONBody: Hashable {
    public static func == (left: JSONBody, right: JSONBody) -> Bool { left.bytes == right.bytes }

    public func hash(into hasher: inout Hasher) { hasher.combine(bytes.count) }
}

/// What a task carries beside its record, so that a transition does not repeat it.
public struct TaskBodies: Sendable, Hashable {
    /// What a worker is given. Nil is JSON's null.
    public var payload: JSONBody?
    /// What a worker has given back. Nil is JSON's null.
    public var result: JSONBody?

    /// What a task carries; by itself nothing, and so null twice.
    public init(payload: JSONBody? = nil, result: JSONBody? = nil) {
        self.payload = payload
        self.result = result
    }

    /// Whether both are null: such bodies need not be kept.
    public var isEmpty: Bool { payload == nil && result == nil }
}

/// What an event says of a task's bodies. `.some(nil)` takes one away.
public struct BodyChange: Sendable, Hashable {
    /// Nil if the event leaves it as it is.
    public var payload: JSONBody??
    /// Nil if the event leaves it as it is.
    public var result: JSONBody??

    /// A change of what is not nil.
    public init(payload: JSONBody?? = nil, result: JSONBody?? = nil) {
        self.payload = payload
        self.result = result
    }
    /// Adds what changed behind it.
    mutating func add(_ later: BodyChange) {
        if let payload = later.payload { self.payload = .some(payload) }
        if let result = later.result { self.result = .some(result) }
    }
}

extension TaskBodies {
    var byteCount: Int { (payload?.bytes.count ?? 0) + (result?.bytes.count ?? 0) }

    /// What it is when that has changed.
    func changed(by change: BodyChange) -> TaskBodies {
        TaskBodies(payload: change.payload ?? payload, result: change.result ?? result)
    }
}
