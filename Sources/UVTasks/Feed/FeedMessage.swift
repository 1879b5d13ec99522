import UVCore

/// What of a server's message counts for where a feed stands.
package struct FeedMessage {
    enum Kind: Sendable {
        /// Says where the events begin: at the start, and anew where missed events are gone before they were sent.
        case ready
        case snapshot, position, pong
        /// Any other, such as a task's event.
        case other
    }

    private(set) var kind = Kind.other
    private(set) var epoch: String?
    private(set) var sequence: Int?
    private(set) var isRecovered: Bool?

    /// Whether more pages follow this one of a snapshot.
    private(set) var hasMore = false
    private(set) var taskCount = 0

    /// Nil when `bytes` are no JSON.
    ///
    /// - Complexity: O(length).
    package init?(_ bytes: [UInt8]) {
        guard let json = JSONMessage(bytes) else { return nil }
        json.forEachMember(of: json.root) { name, value in
            if name.isSame(as: "event") {
                kind = json.string(value).map(Self.kind) ?? .other
            } else if name.isSame(as: "epoch") {
                epoch = json.string(value)
            } else if name.isSame(as: "seq") {
                sequence = json.integer(value)
            } else if name.isSame(as: "recovered") {
                isRecovered = json.truth(value)
            } else if name.isSame(as: "more") {
                hasMore = json.truth(value) ?? false
            } else if name.isSame(as: "tasks") {
                taskCount = json.elements(of: value)?.count ?? 0
            }
        }
    }

    private static func kind(_ event: String) -> Kind {
        if event.isSame(as: "connection.ready") || event.isSame(as: "subscription.confirmed") { return .ready }
        if event.isSame(as: "snapshot") { return .snapshot }
        if event.isSame(as: "position") { return .position }
        return event.isSame(as: "pong") ? .pong : .other
    }
}
