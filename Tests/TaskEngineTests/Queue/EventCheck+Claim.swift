@testable import TaskEngine

// What holds of each claim: rules 1, 4, 5, 7 and 8 of the contract's list.
extension EventCheck {
    func checkClaim(_ former: TaskRecord, _ task: TaskRecord) throws(BrokenRule) {
        guard let claim = command.claim, let lease = task.work?.lease else {
            throw BrokenRule(description: "\(task.id) was claimed, not asked for, or without a lease")
        }
        try checkLease(lease, of: former, claim)
        let plain = before.plain
        let dependencies = plain.unmet(of: former)
        try QueueRule.claims.check(
            plain.admits(claim, former),
            "\(former.id), \(plain.state(of: former)), short of \(dependencies.count), in \(former.project ?? "none")")
        let running = after.plain.running(in: task.projectName)
        try QueueRule.limits.check(
            running <= plain.settings(of: task.projectName).maxRunning ?? .max,
            "\(running) of \(task.project ?? "none")")
        guard !unsure.contains(former.id) else { return }
        for other in plain.tasks.values where other.id != former.id && !unsure.contains(other.id) {
            if plain.admits(claim, other) { try checkTurn(of: former, before: other) }
        }
    }

    private func checkLease(_ lease: Lease, of task: TaskRecord, _ claim: Claim) throws(BrokenRule) {
        let last = before.pasts[task.id]?.lastFence ?? 0
        try QueueRule.leases.check(
            lease.fence == event.sequence && lease.fence > last, "fence \(lease.fence) behind \(last)")
        let project = before.plain.settings(of: task.projectName)
        let length = claim.lease ?? task.work?.settings.lease ?? project.lease ?? .seconds(30)
        let timeout = task.work?.settings.timeout ?? project.timeout
        try QueueRule.leases.check(
            lease.worker == claim.worker && lease.claimKey == claim.key && lease.length == length
                && lease.timeout == timeout && lease.server == server, "\(lease)")
    }

    private func checkTurn(of task: TaskRecord, before other: TaskRecord) throws(BrokenRule) {
        let plain = before.plain
        let (key, otherKey) = (plain.key(of: task), plain.key(of: other))
        try QueueRule.turns.check(key < otherKey, "\(key), and not \(otherKey)")
        let lead = plain.readySince(task).at - plain.readySince(other).at
        try QueueRule.ageing.check(
            lead <= Int64(task.priority - other.priority) * 60_000,
            "\(lead) ms later, at \(task.priority) to \(other.priority)")
    }
}
