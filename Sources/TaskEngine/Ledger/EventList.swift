/// The events of a decision, in their order: mostly one, which needs no memory beside the list's own place.
public struct EventList: Sendable, Hashable {
    private var head: TaskEvent?
    /// Those behind the first.
    private var rest: [TaskEvent] = []

    init() {}

    init(_ event: consuming TaskEvent) { head = event }

    mutating func append(_ event: consuming TaskEvent) {
        if head == nil { head = event } else { rest.append(event) }
    }
}

extension EventList: RandomAccessCollection {
    public var startIndex: Int { 0 }

    public var endIndex: Int { head == nil ? 0 : 1 + rest.count }

    public subscript(place: Int) -> TaskEvent {
        if place == 0, let head { return head }
        return rest[place - 1]
    }
}

extension EventList: ExpressibleByArrayLiteral {
    public init(arrayLiteral events: TaskEvent...) {
        for event in events { append(event) }
    }
}
