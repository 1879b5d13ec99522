import UVCore

/// Which processes run, and which are to: a state machine without a process, a socket or a clock.
///
/// ```
///  empty ──▶ starting ──ready──▶ serving ──its turn comes──▶ replacing (old, new) ──ready──▶ serving (new)
///    ▲          │ death             │ death                      │ death of the new one          the old one retires
///    └─ 0.1…5 s ┴───────────────────┘                            └─────▶ serving (old)
/// ```
///
/// One process goes ahead: what ends it at its start, such as a store that cannot be used, ends all, as it ends a server
/// that is alone. The others follow when it is ready.
///
/// Each event returns what is to be done, in that order. Times count from any moment.
struct Supervision {
    /// A process, by a number that no other one has.
    struct Child: Hashable {
        let number: Int
        /// Whose socket it has.
        let slot: Int
        let startedAt: Duration
    }

    private(set) var slots: [Slot]

    /// The processes that were told to end and have not yet.
    private(set) var leaving: [Child] = []

    private var stage = Stage.beginning
    private var lastNumber = 0

    private enum Stage: Equatable {
        /// None was ever ready.
        case beginning
        case running
        /// These are replaced, one by one: the slots whose turn is to come.
        case replacing([Int])
        /// All are told to end.
        case stopping(level: Int, code: Int32)
    }

    /// - Parameter count: How many processes serve.
    init(count: Int) { slots = (0..<count).map(Slot.init) }
}

// MARK: - What happens

extension Supervision {
    /// It begins.
    mutating func start(at now: Duration) -> [Action] { [startChild(in: 0, at: now)] }

    /// A process serves from now on.
    mutating func didBecomeReady(_ child: Child, at now: Duration) -> [Action] {
        guard let old = slots[child.slot].didBecomeReady(child) else { return [] }
        var actions: [Action] = []
        if case .old(let old) = old {
            leaving.append(old)
            actions.append(.tell(old, .retire))
        }
        if stage == .beginning {
            stage = .running
            actions += slots.indices.filter { slots[$0].stage == .empty }.map { startChild(in: $0, at: now) }
        }
        return actions + goOnReplacing(at: now)
    }

    /// A process is no more.
    mutating func didEnd(_ child: Child, _ end: End, at now: Duration) -> [Action] {
        if let index = leaving.firstIndex(of: child) {
            leaving.remove(at: index)
            return didLeave(child, end, at: now)
        }
        switch slots[child.slot].didLose(child) {
        case .successor:
            stage = .running
            return [.note(.stayed(child, end))]
        case .predecessor:
            return [.note(.lost(child, end, next: nil))]
        case .only:
            return stage == .beginning ? didFailToBegin(child, end, at: now) : didDie(child, end, at: now)
        case nil:
            return []
        }
    }

    /// The slot has waited as long as it was told to.
    mutating func didRest(_ slot: Int, at now: Duration) -> [Action] {
        if case .stopping = stage { return [] }
        guard slots[slot].stage == .empty else { return [] }
        return [startChild(in: slot, at: now)]
    }

    /// All are to be replaced, those too that were replaced a moment ago.
    mutating func replace(at now: Duration) -> [Action] {
        switch stage {
        // What starts now, or has yet to, is new by itself.
        case .beginning, .stopping: return []
        case .running, .replacing: stage = .replacing(Array(slots.indices))
        }
        return [.note(.replacing)] + goOnReplacing(at: now)
    }

    /// All are to end; each time with more urgency.
    mutating func stop() -> [Action] {
        if case .stopping(let level, let code) = stage { return stop(level: level + 1, code) }
        return stop(level: 1, 0)
    }
}

// MARK: - What follows

extension Supervision {
    private mutating func startChild(in slot: Int, at now: Duration) -> Action {
        lastNumber += 1
        let child = Child(number: lastNumber, slot: slot, startedAt: now)
        slots[slot].begin(with: child)
        return .start(child)
    }

    /// What a process has said at its end is said; only one that was cut off may be luckier the next time.
    private mutating func didFailToBegin(_ child: Child, _ end: End, at now: Duration) -> [Action] {
        switch end {
        case .code(let code): [.exit(code)]
        case .notStarted: [.note(.lost(child, end, next: nil)), .exit(1)]
        case .signal: didDie(child, end, at: now)
        }
    }

    private mutating func didDie(_ child: Child, _ end: End, at now: Duration) -> [Action] {
        guard let rest = slots[child.slot].rest(behind: child, at: now) else {
            return [.note(.lost(child, end, next: nil)), .note(.givesUp(slot: child.slot))] + stop(level: 1, 1)
        }
        return [.note(.lost(child, end, next: rest)), .rest(slot: child.slot, rest)] + goOnReplacing(at: now)
    }

    private mutating func didLeave(_ child: Child, _ end: End, at now: Duration) -> [Action] {
        let notes = end == .code(0) ? [] : [Action.note(.lost(child, end, next: nil))]
        guard case .stopping(let level, let code) = stage else { return notes + goOnReplacing(at: now) }
        let worst = end == .code(0) ? code : 1
        stage = .stopping(level: level, code: worst)
        return notes + (leaving.isEmpty ? [.exit(worst)] : [])
    }

    /// Replaces the next one, when no other one is being replaced.
    private mutating func goOnReplacing(at now: Duration) -> [Action] {
        guard case .replacing(var waiting) = stage, leaving.isEmpty else { return [] }
        if slots.contains(where: \.isReplacing) { return [] }
        // Where none is, the next one is new by itself.
        waiting.removeAll { slots[$0].stage == .empty }
        guard !waiting.isEmpty else {
            stage = .running
            return [.note(.replaced)]
        }
        var actions: [Action] = []
        // One that starts has its turn when it is ready.
        if let index = waiting.firstIndex(where: { slots[$0].isServing }) {
            actions = [startChild(in: waiting.remove(at: index), at: now)]
        }
        stage = .replacing(waiting)
        return actions
    }

    private mutating func stop(level: Int, _ code: Int32) -> [Action] {
        stage = .stopping(level: level, code: code)
        for index in slots.indices { leaving += slots[index].clear() }
        guard !leaving.isEmpty else { return [.letGo, .exit(code)] }
        return [.letGo] + leaving.map { .tell($0, .stop(level: level)) }
    }
}
