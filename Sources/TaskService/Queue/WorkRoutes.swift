import TaskEngine
import TaskStorage
import UVCore
import UVHTTP

/// What workers ask: tasks to work on, and what has become of those that they hold.
@LoopActor
struct WorkRoutes: ServerPart {
    let queue: WorkQueue

    func addRoutes(to router: Router, behind gates: Gates) {
        router.group("/tasks", through: gates.workers) { tasks in
            tasks.post("/claim") { request, response in
                request.collect { result in
                    use(result, response) { body throws(BodyError) in try claim(body, response) }
                }
            }
            tasks.post("/work") { request, response in
                request.collect { result in
                    use(result, response) { body throws(BodyError) in try takeTurn(body, response) }
                }
            }
            for call in HolderCall.allCases {
                tasks.post("/:id/\(call.name)") { request, response in
                    request.collect { result in
                        use(result, response) { body throws(BodyError) in try hold(call, body, request, response) }
                    }
                }
            }
        }
    }

    /// Gives the whole body to `use`, and answers one that cannot be used.
    private func use(
        _ result: Result<[UInt8], HTTPBodyError>, _ response: ServerResponse,
        _ use: ([UInt8]) throws(BodyError) -> Void
    ) {
        // Whatever else has become of the body, the server has answered it.
        guard case .success(let body) = result else { return }
        do throws(BodyError) { try use(body) } catch { response.end(error) }
    }

    // MARK: Claims

    private func claim(_ body: [UInt8], _ response: ServerResponse) throws(BodyError) {
        let request = try ClaimRequest(json: body)
        queue.claims.ask(request.claim, waiting: request.wait, for: response) { outcome in
            answer(outcome, response) { tasks, isReplayed in
                response.endObject { json in write(tasks, isReplayed: isReplayed, to: &json) }
            }
        }
    }

    /// Answers with what was claimed, which `end` writes, or with why there is nothing.
    private func answer(
        _ outcome: ClaimOutcome, _ response: ServerResponse, _ end: ([ClaimedTask], _ isReplayed: Bool) -> Void
    ) {
        switch outcome {
        case .tasks(let tasks, let isReplayed): end(tasks, isReplayed)
        case .none: end([], false)
        case .refused(let error): response.end(error)
        case .failed(let error): response.end(error)
        case .full:
            response.setRetryAfter()
            response.end(.queueFull, "There are as many claims as may wait; ask again in a few seconds.")
        case .stopping:
            response.setRetryAfter()
            response.end(.serviceUnavailable, "The server is stopping.")
        }
    }

    private func write(_ tasks: [ClaimedTask], isReplayed: Bool, to json: inout JSONText) {
        json.array("tasks") { json in
            for claimed in tasks {
                var view = queue.view(of: claimed.task, .full, isAlone: true)
                view.bodies.payload = claimed.payload
                json.task(view)
            }
        }
        json.member("replayed", isReplayed)
        json.member("epoch", queue.board.epochName)
    }

    // MARK: What is held

    private func hold(
        _ call: HolderCall, _ body: [UInt8], _ request: IncomingMessage, _ response: ServerResponse
    ) throws(BodyError) {
        let holder = try HolderRequest(call, json: body)
        guard let id = TaskBoard.id(of: request, response) else { return }
        if call == .renew, !queue.board.servers.isHeard { return response.end(Servers.unheard) }
        keepLease(of: id, holder)
        let renewal = Renewal(holder)
        queue.submit(.work(holder.command(for: id)), for: response) { outcome in
            switch outcome {
            case .renewed where !queue.board.servers.isHeard: response.end(Servers.unheard)
            case .renewed(let task, let isCancelRequested):
                keep(renewal, of: task.id)
                response.endObject { write(task, isCancelRequested: isCancelRequested, to: &$0) }
            case .worked(let task): queue.end(response, with: task, .full)
            case .refused(let error): response.end(error)
            default: response.end(.internalError, "The server has failed to answer.")
            }
        }
    }

    /// Lets the lease begin anew while the renewal is decided. It has the length that it had until the other one is kept.
    private func keepLease(of id: TaskID, _ holder: HolderRequest) {
        if case .renew = holder.command { queue.renew(id, fence: holder.fence, length: nil) }
    }

    /// What a renewal that is decided changes when it is kept.
    private struct Renewal {
        let fence: Int
        let length: Duration?
        let progress: WorkProgress?

        init(_ holder: HolderRequest) {
            (fence, progress) = (holder.fence, holder.progress)
            if case .renew(let length) = holder.command { self.length = length } else { length = nil }
        }
    }

    private func keep(_ renewal: Renewal, of id: TaskID) {
        if let length = renewal.length { queue.renew(id, fence: renewal.fence, length: length) }
        if let progress = renewal.progress { queue.note(progress, of: id) }
    }

    private func write(_ task: TaskRecord, isCancelRequested: Bool, to json: inout JSONText) {
        if let lease = task.work?.lease { json.lease(lease, queue.view(of: task, .full).lease) }
        json.member("cancelRequested", isCancelRequested)
    }
}

// MARK: - Turns

extension WorkRoutes {
    /// What has become of a turn's calls; its claim is the last of them.
    private struct Turn {
        let request: TurnRequest
        let outcomes: [Decision.Outcome]
        /// Whether its renewals count: the log has heard of this server while they were made.
        let isHeard: Bool

        /// What the claim has found, if there was one.
        var claimed: ([ClaimedTask], isReplayed: Bool)? {
            guard request.claim != nil, case .claimed(let tasks, let isReplayed)? = outcomes.last else { return nil }
            return (tasks, isReplayed)
        }
    }

    private func takeTurn(_ body: [UInt8], _ response: ServerResponse) throws(BodyError) {
        let request = try TurnRequest(json: body)
        let isHeard = queue.board.servers.isHeard
        for call in request.renew { if isHeard, let id = call.id { keepLease(of: id, call) } }
        var actions = request.actions
        // A claim alone is one like any other; one of a server that stops finds nothing.
        let claimsApart = request.claim != nil && (actions.count == 1 || queue.claims.isStopping)
        if claimsApart { actions.removeLast() }
        guard !actions.isEmpty else {
            return goOn(with: Turn(request: request, outcomes: [], isHeard: isHeard), response)
        }
        queue.submit(.several(actions), for: response) { outcome in
            guard case .several(let outcomes) = outcome else {
                return response.end(.internalError, "The server has failed to answer.")
            }
            let isHeard = isHeard && queue.board.servers.isHeard
            for (call, outcome) in zip(request.renew, outcomes.dropFirst(request.endCount)) {
                if isHeard, case .renewed(let task, _) = outcome { keep(Renewal(call), of: task.id) }
            }
            goOn(with: Turn(request: request, outcomes: outcomes, isHeard: isHeard), response)
        }
    }

    /// Answers a turn, when there is work for it or its wait is over.
    private func goOn(with turn: Turn, _ response: ServerResponse) {
        let end: (ClaimOutcome) -> Void = { outcome in
            var (tasks, isReplayed): ([ClaimedTask], Bool) = ([], false)
            if case .tasks(let found, let replayed) = outcome { (tasks, isReplayed) = (found, replayed) }
            // What the other calls have come to is told in any case.
            if turn.outcomes.isEmpty, turn.request.claim != nil {
                return answer(outcome, response) { self.end(turn, $0, isReplayed: $1, response) }
            }
            self.end(turn, tasks, isReplayed: isReplayed, response)
        }
        guard let claim = turn.request.claim else { return end(.none) }
        if let (tasks, isReplayed) = turn.claimed, !tasks.isEmpty {
            return queue.claims.deliver(tasks, isReplayed: isReplayed, of: claim.claim, to: response, end)
        }
        if turn.claimed != nil, claim.wait <= .zero { return end(.none) }
        queue.claims.ask(claim.claim, waiting: claim.wait, for: response, end)
    }

    private func end(_ turn: Turn, _ tasks: [ClaimedTask], isReplayed: Bool, _ response: ServerResponse) {
        if queue.claims.isStopping { response.keepsConnection = false }
        response.endObject { json in
            var rest = turn.outcomes[...]
            let request = turn.request
            write(request.complete, as: "complete", &rest, to: &json)
            write(request.fail, as: "fail", &rest, to: &json)
            write(request.release, as: "release", &rest, to: &json)
            write(request.renew, as: "renew", &rest, isHeard: turn.isHeard, to: &json)
            write(tasks, isReplayed: isReplayed, to: &json)
            json.memberNull("command")
        }
    }

    private func write(
        _ calls: [HolderRequest], as name: StaticString, _ outcomes: inout ArraySlice<Decision.Outcome>,
        isHeard: Bool = true, to json: inout JSONText
    ) {
        json.array(name) { json in
            for call in calls {
                guard let id = call.id, let outcome = outcomes.popFirst() else { return }
                json.object { json in
                    json.member("id", id)
                    write(outcome, isHeard: isHeard, to: &json)
                }
            }
        }
    }

    private func write(_ outcome: Decision.Outcome, isHeard: Bool, to json: inout JSONText) {
        switch outcome {
        case .renewed where !isHeard:
            json.member("error") { json in
                json.member("code", ErrorCode.storageUnavailable.name)
                json.member("message", ServerResponse.notKept)
            }
        case .refused(let error):
            json.member("error") { json in
                json.member("code", error.code)
                json.member("message", "\(error.message).")
                if error.hasDetails { json.member("details") { $0.details(of: error) } }
            }
        case .renewed(let task, let isCancelRequested):
            json.member("ok", true)
            write(task, isCancelRequested: isCancelRequested, to: &json)
        default: json.member("ok", true)
        }
    }
}

extension TurnRequest {
    /// How many calls end something: they stand in front of the renewals.
    fileprivate var endCount: Int { complete.count + fail.count + release.count }
}

extension WorkQueue {
    /// Has the board decide on what `response`'s request asks for, and calls `answer` with the outcome; a failure of the log
    /// is answered here.
    func submit(
        _ action: TaskCommand.Action, for response: ServerResponse, _ answer: @escaping (Decision.Outcome) -> Void
    ) {
        let command = TaskCommand(
            action, requestID: response.requestName, timestamp: .now, random: board.randomBits())
        board.submit(command) { result in
            switch result {
            case .success(let outcome): answer(outcome)
            case .failure(let error): response.end(error)
            }
        }
    }
}
