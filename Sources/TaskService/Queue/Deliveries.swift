import TaskEngine

/// To which recipient each lease was given last, until that is known to have it, or not to get it.
///
/// A lease that was given again, by a replay, is the later recipient's: what becomes of the earlier answer says nothing of
/// it any more.
struct Deliveries<Recipient: AnyObject> {
    private var recipients: [Int: Recipient] = [:]

    /// How many leases are on their way.
    var count: Int { recipients.count }

    /// The tasks are given to `recipient`, also those that another was given before.
    mutating func begin(_ tasks: [ClaimedTask], to recipient: Recipient) {
        for claimed in tasks {
            if let fence = claimed.fence { recipients[fence] = recipient }
        }
    }

    /// Returns those of the tasks that were given to no other since: what has become of the answer is what has become of them.
    mutating func end(_ tasks: [ClaimedTask], to recipient: Recipient) -> [ClaimedTask] {
        tasks.filter { claimed in
            guard let fence = claimed.fence, recipients[fence] === recipient else { return false }
            recipients[fence] = nil
            return true
        }
    }
}

extension ClaimedTask {
    /// The fence of its lease.
    var fence: Int? { task.work?.lease?.fence }
}
