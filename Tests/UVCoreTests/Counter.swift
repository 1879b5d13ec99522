import Synchronization

/// How many are inside at once, and how many have been at most.
final class Counter: Sendable {
    private let inside = Atomic(0)
    private let highest = Atomic(0)

    var most: Int { highest.load(ordering: .relaxed) }

    func enter() {
        inside.add(1, ordering: .relaxed)
        look()
    }

    func look() { highest.max(inside.load(ordering: .relaxed), ordering: .relaxed) }

    func leave() { inside.subtract(1, ordering: .relaxed) }
}
