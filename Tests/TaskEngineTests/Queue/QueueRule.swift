/// A rule of the queue's contract that does not hold.
struct BrokenRule: Error, CustomStringConvertible {
    let description: String
}

/// The rules, in the order in which they are checked on each event.
enum QueueRule: String {
    case leases = "A task has one lease at most; fences are unique and grow"
    case fences = "A call with another fence than the lease's changes nothing"
    case places = "A pending task is in exactly one of lane, delays and waiting"
    case claims = "Nothing is claimed before it is ready, its time has come, and its project allows it"
    case limits = "As many tasks of a project run as are leased, and no more than may"
    case attempts = "The attempt is the number of claims that were not given back, and has its limit"
    case turns = "A claim takes the least of the keys that it may take"
    case ageing = "A task waits behind nothing that came later by more than its priority is worth"
    case uniqueness = "One task that has not ended has a unique key, and a key of none is free"
    case folds = "The fold of the log is the store, and what is made anew of it is what was kept"
    case delays = "A wait behind a failure is what the policy and the random bits say"
    case clocks = "A step of the wall clock moves no lease and no delay"
    case ends = "With finitely many faults every task ends that can"
    case transitions = "A cause leads from and to the states that the contract names"
    case moves = "A lease is kept by the server that gave it or renewed it last, and runs out for that one alone"
    case retention = "Only what the queue has ended, and no live task needs, is deleted by retention"

    /// - Throws: If it does not hold.
    func check(_ isTrue: Bool, _ found: @autoclosure () -> String) throws(BrokenRule) {
        guard !isTrue else { return }
        throw BrokenRule(description: "\(rawValue). Found: \(found())")
    }
}
