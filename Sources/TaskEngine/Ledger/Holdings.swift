/// Which tasks each worker holds, by what it has called its claims: kept at the end of what is decided, as lanes are.
struct Holdings: Sendable {
    fileprivate struct Worker {
        var count = 0
        var claims: [PlainText: [TaskID]] = [:]
    }

    private var workers = IDTable<HashedKey<PlainText>, Worker>()
    /// The fences of leases that were renewed: renewals are no events. What is decided and not kept takes none of them away.
    private var renewals: Set<Int> = []

    /// How many leases one worker's name has at most.
    static let limit = 1_000

    /// How many tasks the worker holds. O(1).
    func count(of worker: PlainText) -> Int { workers[HashedKey(worker)]?.count ?? 0 }

    /// What the worker still holds of the claim that it has called so, in no order.
    ///
    /// - Complexity: O(tasks of the claim).
    func tasks(of worker: PlainText, claim key: PlainText) -> [TaskID] {
        workers[HashedKey(worker)]?.claims[key] ?? []
    }

    /// - Complexity: O(1), and O(tasks of the claim) to take one out.
    mutating func insert(_ id: TaskID, _ lease: Lease) {
        let name = HashedKey(lease.worker)
        let isKnown: Void? = workers.change(name) { Self.add(id, lease, to: &$0) }
        guard isKnown == nil else { return }
        var worker = Worker()
        Self.add(id, lease, to: &worker)
        workers.updateValue(worker, for: name)
    }

    mutating func remove(_ id: TaskID, _ lease: Lease) {
        let name = HashedKey(lease.worker)
        let isLast = workers.change(name) { worker in
            worker.count -= 1
            if let key = lease.claimKey {
                worker.claims[key]?.removeAll { $0 == id }
                if worker.claims[key]?.isEmpty ?? false { worker.claims[key] = nil }
            }
            return worker.count == 0
        }
        if isLast ?? false { workers.removeValue(for: name) }
    }

    private static func add(_ id: TaskID, _ lease: Lease, to worker: inout Worker) {
        worker.count += 1
        if let key = lease.claimKey { worker.claims[key, default: []].append(id) }
    }

    /// Notes that the lease of that fence was renewed. O(1).
    mutating func renew(_ fence: Int) { renewals.insert(fence) }

    func isRenewed(_ fence: Int) -> Bool { renewals.contains(fence) }

    /// Whether any is known.
    var hasRenewals: Bool { !renewals.isEmpty }

    /// The lease of that fence is over, and the log has kept that, or it never was.
    mutating func forgetRenewal(of fence: Int) { renewals.remove(fence) }
}

extension Holdings: Equatable {
    /// Renewals are not compared: they are known to the server alone that has answered them.
    static func == (left: Holdings, right: Holdings) -> Bool { left.workers == right.workers }
}

extension Holdings.Worker: Equatable {
    static func == (left: Self, right: Self) -> Bool {
        left.count == right.count && left.claims.count == right.claims.count
            && left.claims.allSatisfy { Set($0.value) == Set(right.claims[$0.key] ?? []) }
    }
}
