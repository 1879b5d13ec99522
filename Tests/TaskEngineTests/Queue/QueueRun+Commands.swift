import SeededRandom

@testable import TaskEngine

// What clients, workers and the server ask for, some of it senseless: of tasks that are gone, with fences that are over.
extension QueueRun {
    mutating func action() throws -> TaskCommand.Action {
        let kind = Int.random(in: 0..<24, using: &random)
        if ids.count < 3 || (kind < 4 && ids.count < 40) { return try create() }
        let id = ids.randomElement(using: &random) ?? .test(1)
        switch kind {
        case 0..<4: return .update(id, try fields(isNew: false))
        case 4:
            ids.removeAll { $0 == id }
            return .delete(id)
        case 5...8: return .work(.claim(claim()))
        case 9...14: return .work(call(id, fence(of: id)))
        case 15:
            // The clock asks once more for what is over.
            return .work(asked.randomElement(using: &random) ?? .settle(limit: 9))
        case 16: return .work(.cancel(id, reason: nil, force: random.once(in: 2)))
        case 17: return .work(.retry(id))
        case 18, 19: return .work(.settle(limit: Int.random(in: 1...5, using: &random)))
        case 20: return .work(.prune(Retention(completed: .seconds(60), failed: .seconds(90), count: 20), limit: 5))
        case 21: return .work(.setProject(random.once(in: 2) ? "red" : nil, ProjectChange(to: settings())))
        default:
            return .several([
                try create(), try create(), .work(.claim(claim())),
                .work(.complete(id, fence: fence(of: id), result: nil)),
            ])
        }
    }

    /// What a worker says of an attempt.
    private mutating func call(_ id: TaskID, _ fence: Int) -> WorkCommand {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return .complete(id, fence: fence, result: random.once(in: 2) ? JSONBody(checked: [49]) : nil)
        case 1, 2:
            let wait = random.once(in: 5) ? Duration.milliseconds(Int.random(in: 0...2_000, using: &random)) : nil
            return .fail(
                id, fence: fence,
                WorkFailure(WorkError(message: "m"), isRetryable: !random.once(in: 5), retryAfter: wait))
        case 3: return .release(id, fence: fence, delay: random.once(in: 2) ? .zero : .seconds(1))
        case 4: return .undeliver(id, fence: fence, keeper: keeper(of: id))
        default:
            return .renew(
                id, fence: fence, lease: [nil, .seconds(5), .seconds(40)].randomElement(using: &random) ?? nil)
        }
    }

    /// That of the lease, or of the last one; now and then any.
    private mutating func fence(of id: TaskID) -> Int {
        if random.once(in: 6) { return Int.random(in: 0...max(decided.plain.sequence, 1), using: &random) }
        return decided.plain.tasks[id]?.work?.lease?.fence ?? decided.pasts[id]?.lastFence ?? 0
    }

    /// That of the lease; now and then another.
    private mutating func keeper(of id: TaskID) -> Int {
        random.once(in: 6) ? 1 : decided.plain.tasks[id]?.work?.lease?.server ?? 1
    }

    private mutating func claim() -> Claim {
        Claim(
            worker: ["v", "w"][Int.random(in: 0...1, using: &random)], types: random.once(in: 3) ? [nil, "a"] : nil,
            projects: random.once(in: 4) ? ["red"] : nil, limit: Int.random(in: 1...3, using: &random),
            lease: random.once(in: 2) ? .seconds(Int.random(in: 5...9, using: &random)) : nil,
            key: random.once(in: 3) ? ["k", "l"].randomElement(using: &random) : nil)
    }

    private mutating func settings() -> ProjectSettings {
        var settings = ProjectSettings()
        settings.maxRunning = random.once(in: 2) ? Int.random(in: 1...3, using: &random) : nil
        settings.isPaused = random.once(in: 4)
        settings.lease = random.once(in: 3) ? .seconds(6) : nil
        settings.timeout = random.once(in: 3) ? .seconds(9) : nil
        settings.retry = random.once(in: 3) ? RetryPolicy(base: .seconds(1), factor: 2, max: .seconds(7)) : nil
        return settings
    }

    private mutating func create() throws -> TaskCommand.Action {
        let id = generator.next(at: time.wall, random: random.next())
        ids.append(id)
        return .create(id, try fields(isNew: true))
    }

    private mutating func fields(isNew: Bool) throws -> TaskFields {
        let needs = (0..<Int.random(in: 0...2, using: &random)).compactMap { _ in ids.randomElement(using: &random) }
        var fields = try TaskFields(
            title: isNew ? "t" : nil,
            status: random.once(in: 6) ? TaskStatus.allCases.randomElement(using: &random) : nil,
            priority: random.once(in: 3) ? Int.random(in: -3...3, using: &random) : nil,
            needs: random.once(in: 2) ? needs : nil,
            project: random.once(in: 3) ? [nil, "red"].randomElement(using: &random) : nil)
        if random.once(in: 3) { try fields.set(type: ["a", "b", nil].randomElement(using: &random) ?? nil) }
        if random.once(in: 6), fields.status ?? .pending == .pending { try setStart(of: &fields) }
        if random.once(in: 3) {
            try fields.set(onDependencyFailure: ["cancel", "hold", "ignore"].randomElement(using: &random) ?? "hold")
        }
        if random.once(in: 6) { try fields.set(payload: JSONBody(checked: [50])) }
        if isNew { try setLimits(of: &fields) }
        return fields
    }

    private mutating func setStart(of fields: inout TaskFields) throws {
        if random.once(in: 2) {
            try fields.set(delay: Double.random(in: 0...9, using: &random))
        } else {
            let instant = time.wall.milliseconds + Int64.random(in: -1_000...9_000, using: &random)
            try fields.set(runAt: Timestamp(milliseconds: instant), now: time.wall)
        }
    }

    /// Limits do not change later: of one that is lowered an attempt may be above it.
    private mutating func setLimits(of fields: inout TaskFields) throws {
        if random.once(in: 3) { try fields.set(maxAttempts: Int.random(in: 1...3, using: &random)) }
        if random.once(in: 4) { try fields.set(maxStalls: Int.random(in: 1...2, using: &random)) }
        if random.once(in: 4) { try fields.set(timeout: random.once(in: 2) ? 7 : nil) }
        if random.once(in: 2) { try fields.set(retryBase: 0.5, factor: 2.5, max: 5, jitter: 0.5) }
        if random.once(in: 4) { try fields.set(uniqueKey: "u", onConflict: random.once(in: 2) ? "reject" : nil) }
    }
}
