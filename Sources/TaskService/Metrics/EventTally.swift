import TaskEngine
import UVCore

/// Counts what this server has decided: events by kind, and the work queue's transitions by their cause.
@LoopActor
final class EventTally {
    /// The names of the kinds, in the order of `TaskEvent.Kind`.
    nonisolated static let names: [StaticString] = [
        "task.created", "task.updated", "task.moved", "task.deleted", "project.updated",
    ]

    @exclusivity(unchecked) private(set) var kinds = [Int](repeating: 0, count: names.count)
    @exclusivity(unchecked) private(set) var causes = [Int](
        repeating: 0, count: TaskEvent.Cause.Kind.allCases.count)

    func count(_ event: TaskEvent) {
        kinds[event.kind.rawValue] &+= 1
        if let cause = event.cause { causes[cause.kind.place] &+= 1 }
    }
}

extension TaskEvent.Cause.Kind {
    /// Its place among all cases.
    fileprivate var place: Int {
        switch self {
        case .ready: 0
        case .claimed: 1
        case .completed: 2
        case .retrying: 3
        case .released: 4
        case .undelivered: 5
        case .expired: 6
        case .timedOut: 7
        case .failed: 8
        case .cancelled: 9
        case .retried: 10
        case .retention: 11
        }
    }
}
