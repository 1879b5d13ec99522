/// Claims, and what keeps them.
extension TaskLedger {
    /// How many bytes of payload the tasks of one answer have at most, if they are more than one.
    static let answerLimit = 1_048_576

    /// Gives a worker the tasks whose turn it is, or again those that it has of the same claim: their leases are this
    /// server's then.
    ///
    /// - Complexity: O(tasks claimed · log *n*), and for each of them what `Lanes.first` costs.
    mutating func claimed(_ claim: Claim, _ draft: inout Draft) -> Decision.Outcome {
        draft.note(isInFlight: !overlay.isEmpty)
        if let key = claim.key {
            let held = holdings.tasks(of: claim.worker, claim: key)
            if !held.isEmpty { return .claimed(handed(held, &draft), isReplayed: true) }
        }
        let limit = min(claim.limit, Holdings.limit - holdings.count(of: claim.worker))
        var tasks: [ClaimedTask] = []
        tasks.reserveCapacity(max(0, min(limit, lanes.count)))
        var bytes = 0
        while tasks.count < limit, let former = first(of: claim) {
            let payload = bodies(of: former.id).payload
            bytes += payload?.bytes.count ?? 0
            if bytes > Self.answerLimit, !tasks.isEmpty { break }
            let task = lend(former, to: claim, &draft)
            tasks.append(ClaimedTask(task: task, payload: payload))
        }
        return .claimed(tasks, isReplayed: false)
    }

    /// Tasks that a worker has, in the order in which it got them.
    private mutating func handed(_ ids: [TaskID], _ draft: inout Draft) -> [ClaimedTask] {
        let tasks = ids.compactMap { look(at: $0) }.sorted { $0.work?.lease?.fence ?? 0 < $1.work?.lease?.fence ?? 0 }
        return tasks.map { task in
            ClaimedTask(task: moved(here: task, &draft), payload: bodies(of: task.id).payload)
        }
    }

    /// The task, whose lease is kept by this server's clock from now on.
    private mutating func moved(here former: TaskRecord, _ draft: inout Draft) -> TaskRecord {
        guard var work = former.work, var lease = work.lease, lease.server != server else { return former }
        lease.server = server
        work.lease = lease
        var task = former
        task.work = work
        return tell(former, becomes: task, nil, changes: [.lease], in: &draft)
    }

    /// The task that has the next turn. One that needs what will not be done any more, as the log's end says, is met here
    /// and has to wait.
    private mutating func first(of claim: Claim) -> TaskRecord? {
        while let id = lanes.first(types: claim.types, projects: claim.projects) {
            if let task = look(at: id), overlay.isEmpty || state(of: task) == .ready { return task }
            setAside(id)
        }
        return nil
    }

    private mutating func lend(_ former: TaskRecord, to claim: Claim, _ draft: inout Draft) -> TaskRecord {
        var task = former
        var work = task.work ?? WorkState()
        let project = settings(of: task.projectName)
        work.lease = Lease(
            worker: claim.worker, fence: sequence + 1,
            length: claim.lease ?? work.settings.lease ?? project.lease ?? WorkSettings.standardLease,
            timeout: work.settings.timeout ?? project.timeout, claimKey: claim.key, since: draft.timestamp,
            server: server)
        work.attempt += 1
        work.lastFence = nil
        work.startedAt = draft.timestamp
        work.finishedAt = nil
        task.work = work
        task.status = .inProgress
        return tell(former, becomes: consume task, .claimed, in: &draft)
    }

    /// Begins a lease anew. Only one that is longer than the log knows, or that another server's clock has kept, is an
    /// event.
    mutating func renewed(
        _ id: TaskID, _ fence: Int, _ length: Duration?, _ draft: inout Draft
    ) throws(TaskError) -> Decision.Outcome {
        let former = try existing(id, in: &draft)
        guard var work = former.work, var lease = work.lease, lease.fence == fence else { throw lost(former) }
        var task = former
        let known = lease.length
        lease.length = length ?? known
        let isEvent = lease.length > known || lease.server != server
        if isEvent { (lease.server, lease.isRenewed) = (server, true) }
        work.lease = lease
        task.work = work
        if isEvent {
            task = tell(former, becomes: task, nil, changes: [.lease], in: &draft)
        }
        holdings.renew(fence)
        return .renewed(task, isCancelRequested: work.cancellation != nil)
    }

    /// Why a call with another fence than the lease's is refused.
    func lost(_ task: TaskRecord) -> TaskError { .leaseLost(task.id, state(of: task), fence: task.fence) }
}
