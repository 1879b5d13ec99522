extension Supervision {
    /// A place for a process, which has a socket of its own.
    struct Slot {
        enum Stage: Equatable {
            /// There is none; one starts when its time has come.
            case empty
            case starting(Child)
            case serving(Child)
            /// The first one serves, until the second one does.
            case replacing(Child, by: Child)
        }

        /// How long it waits behind a death, and behind many in a row.
        static let rests = (first: Duration.milliseconds(100), longest: Duration.seconds(5))
        /// A process that has lived so long has not died of its start.
        static let goodLife = Duration.seconds(10)
        /// So many deaths in a minute are too many in a slot where none was ever ready.
        static let deathLimit = (count: 10, time: Duration.seconds(60))

        let number: Int
        private(set) var stage = Stage.empty
        private var nextRest = rests.first
        /// Nil from when on a process was ready here: then it goes on for ever.
        private var deaths: [Duration]? = []

        init(number: Int) { self.number = number }

        var isServing: Bool { if case .serving = stage { true } else { false } }
        var isReplacing: Bool { if case .replacing = stage { true } else { false } }
    }
}

extension Supervision.Slot {
    /// Which one a process has replaced by being ready.
    enum Readiness {
        case first
        case old(Supervision.Child)
    }

    /// Which one a process was that has ended.
    enum Loss {
        case only, predecessor, successor
    }

    mutating func begin(with child: Supervision.Child) {
        switch stage {
        case .empty: stage = .starting(child)
        case .serving(let old): stage = .replacing(old, by: child)
        case .starting, .replacing:
            preconditionFailure("a process starts in slot \(number), where one starts: \(stage)")
        }
    }

    /// Nil for one that is not awaited.
    mutating func didBecomeReady(_ child: Supervision.Child) -> Readiness? {
        switch stage {
        case .starting(child):
            (stage, deaths) = (.serving(child), nil)
            return .first
        case .replacing(let old, by: child):
            stage = .serving(child)
            return .old(old)
        case .empty, .starting, .serving, .replacing: return nil
        }
    }

    /// Nil for one that is none of its own.
    mutating func didLose(_ child: Supervision.Child) -> Loss? {
        switch stage {
        case .starting(child), .serving(child):
            stage = .empty
            return .only
        case .replacing(child, by: let new):
            stage = .starting(new)
            return .predecessor
        case .replacing(let old, by: child):
            stage = .serving(old)
            return .successor
        case .empty, .starting, .serving, .replacing: return nil
        }
    }

    /// How long it is to wait behind the death of `child`, its only one; nil for too many deaths.
    mutating func rest(behind child: Supervision.Child, at now: Duration) -> Duration? {
        deaths?.append(now)
        deaths?.removeAll { now - $0 > Self.deathLimit.time }
        if let deaths, deaths.count >= Self.deathLimit.count { return nil }
        if now - child.startedAt >= Self.goodLife { nextRest = Self.rests.first }
        defer { nextRest = min(nextRest * 2, Self.rests.longest) }
        return nextRest
    }

    /// Gives its processes away.
    mutating func clear() -> [Supervision.Child] {
        defer { stage = .empty }
        return switch stage {
        case .empty: []
        case .starting(let child), .serving(let child): [child]
        case .replacing(let old, by: let new): [old, new]
        }
    }
}
