import UVCore

@testable import TaskService

/// A supervision whose processes and clock are the test's: it does what it is told, and remembers it.
struct SupervisedWorld {
    private var supervision: Supervision
    private var now = Duration.seconds(1_000)
    private var children: [Int: Supervision.Child] = [:]
    private var due: [Int: Duration] = [:]
    /// How long each slot was last told to rest.
    private(set) var rests: [Int: Duration] = [:]
    private(set) var orders: [Int: [ProcessOrder]] = [:]
    private(set) var notes: [Supervision.Note] = []
    private(set) var keepsSockets = true
    private(set) var exit: Int32?

    /// - Parameter isReady: Whether all are ready.
    init(_ count: Int, isReady: Bool = false) {
        supervision = Supervision(count: count)
        follow(supervision.start(at: now))
        if isReady { for number in 1...count { ready(number) } }
    }

    /// The slot of each process that was started, by its number.
    var starts: [Int: Int] { children.mapValues(\.slot) }

    /// The numbers of those that serve and are replaced by none, by their slots.
    var serving: [Int] {
        supervision.slots.compactMap { slot in
            if case .serving(let child) = slot.stage { child.number } else { nil }
        }
    }

    func child(_ number: Int) -> Supervision.Child {
        children[number] ?? Supervision.Child(number: 0, slot: 0, startedAt: .zero)
    }

    /// The process that was started last in a slot.
    func last(in slot: Int) -> Int { starts.filter { $0.value == slot }.keys.max() ?? 0 }

    mutating func ready(_ numbers: Int...) {
        for number in numbers { follow(supervision.didBecomeReady(child(number), at: now)) }
    }

    mutating func end(_ number: Int, _ end: Supervision.End) {
        follow(supervision.didEnd(child(number), end, at: now))
    }

    mutating func stop() { follow(supervision.stop()) }

    mutating func replace() { follow(supervision.replace(at: now)) }

    mutating func pass(_ time: Duration) {
        now += time
        for (slot, time) in due where time <= now {
            due[slot] = nil
            follow(supervision.didRest(slot, at: now))
        }
    }

    private mutating func follow(_ actions: [Supervision.Action]) {
        for action in actions {
            switch action {
            case .start(let child): children[child.number] = child
            case .rest(let slot, let time): (rests[slot], due[slot]) = (time, now + time)
            case .tell(let child, let order): orders[child.number, default: []].append(order)
            case .letGo: keepsSockets = false
            case .exit(let code): exit = code
            case .note(let note): notes.append(note)
            }
        }
    }
}
