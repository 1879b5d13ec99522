import UVCore

/// Which claim of which task: what a worker tells the server that it holds.
///
/// The fence alone would do with one server. One that keeps nothing begins to count anew when it is started again, and
/// a task of before may still be worked on then.
package struct ClaimID: Hashable, Sendable {
    package let task: ByteText
    package let fence: Int

    package init(task: String, fence: Int) { (self.task, self.fence) = (ByteText(task), fence) }
}

/// A task that a claim has brought.
package struct ClaimedTask: Sendable {
    package let id: ClaimID
    package let type: String?
    package let attempt: Int
    package let payload: JSON

    /// How long the claim lasts without a renewal.
    package let lease: Duration

    package init(id: ClaimID, type: String?, attempt: Int = 1, payload: JSON = .null, lease: Duration) {
        (self.id, self.type, self.attempt, self.payload, self.lease) = (id, type, attempt, payload, lease)
    }
}

extension ClaimedTask: Decodable {
    private struct Lease: Decodable {
        let fence: Int
        let seconds: Seconds

        init(from decoder: any Decoder) throws {
            let members = try decoder.members
            fence = try members.decode(Int.self, forKey: "fence")
            seconds = try members.decode(Seconds.self, forKey: "seconds")
        }
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.members
        let lease = try members.decode(Lease.self, forKey: "lease")
        self.init(
            id: ClaimID(task: try members.decode(String.self, forKey: "id"), fence: lease.fence),
            type: try members.decodeIfPresent(String.self, forKey: "type"),
            attempt: try members.decodeIfPresent(Int.self, forKey: "attempt") ?? 1,
            payload: try members.decodeIfPresent(JSON.self, forKey: "payload") ?? .null,
            lease: lease.seconds.duration)
    }
}
