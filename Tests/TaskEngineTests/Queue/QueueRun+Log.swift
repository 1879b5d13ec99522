import SeededRandom

@testable import TaskEngine

// What the log says: it keeps what was decided, or nothing of it, or another server has written first, or the process ends.
extension QueueRun {
    mutating func keep(_ count: Int) throws {
        for item in inFlight.prefix(count) {
            ledger.commit(item.decision)
            for event in item.decision.events { try note(event, of: item.command) }
            if item.decision.events.isEmpty { hearAgain(item.command) }
        }
        for fence in decided.renewed where fence <= kept.plain.sequence { kept.noteRenewal(of: fence) }
        inFlight.removeFirst(count)
        if inFlight.isEmpty { settle() }
    }

    /// The log could keep nothing of what is in flight.
    mutating func drop() throws {
        ledger.drop()
        for case .work(let command) in inFlight.map(\.command.action) {
            guard let id = command.call?.id, command.isOfClock else { continue }
            clock.askAgain(command, for: id, at: time)
            plainClock.askAgain(command, for: id, at: time)
        }
        inFlight = []
        settle()
        try checkFold()
    }

    /// Another server has written first; all that was decided here is decided anew.
    mutating func fallBehind() throws {
        guard let other = servers.other else { return }
        let waiting = inFlight.map(\.command)
        ledger.drop()
        inFlight = []
        settle()
        let known = kept
        kept.beginAnew()
        decided = kept
        let foreign = command(try action())
        var foreigner = TaskLedger(store: ledger.store, server: other)
        for event in foreigner.decide(foreign).events {
            var after = kept
            after.note(event, of: foreign)
            try EventCheck(
                event: event, command: foreign, before: kept, after: after, unsure: [], server: other
            ).check()
            try ledger.follow(event)
            try note(event, of: foreign, isOthers: true)
        }
        kept.recall(known)
        settle()
        try checkFold()
        for command in waiting {
            let anew = command.withNewIDs { [time] in generator.next(at: time.wall, random: command.random) }
            try decide(anew)
        }
    }

    /// Killed, when the log has kept any part of what is in flight.
    mutating func crash() throws {
        try keep(Int.random(in: 0...inFlight.count, using: &random))
        if let item = inFlight.first {
            let count = Int.random(in: 0...item.decision.events.count, using: &random)
            for event in item.decision.events.prefix(count) { try note(event, of: item.command) }
        }
        servers.beginAnew()
        ledger = TaskLedger(store: folded, server: servers.own)
        (inFlight, asked) = ([], [])
        kept.beginAnew()
        settle()
        clock = QueueClock()
        plainClock = PlainClock()
        for task in folded.tasks() { hear(task, isRead: true, isOthers: true) }
        ids = Array(folded.order)
        try checkFold()
    }

    mutating func note(_ event: TaskEvent, of command: TaskCommand, isOthers: Bool = false) throws {
        kept.note(event, of: command)
        log.append(event)
        try folded.apply(event)
        switch event.change {
        case .created(let task), .updated(let task, _, _): hear(task, isOthers: isOthers)
        case .deleted(let id, _):
            clock.forget(id)
            plainClock.forget(id)
        case .moved, .project: break
        }
    }

    mutating func settle() {
        (touched, unsure) = ([], [])
        decided = kept
    }

    /// Rule 10.
    func checkFold() throws {
        try QueueRule.folds.check(folded == ledger.store, "another store")
        let broken = ledger.brokenInvariant ?? ledger.store.brokenInvariant
        try QueueRule.folds.check(broken == nil, broken ?? "")
    }
}

extension WorkCommand {
    /// Whether the clock asks for it.
    var isOfClock: Bool {
        switch self {
        case .expire, .timeOut, .wake: true
        default: false
        }
    }
}
