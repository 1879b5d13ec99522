import Synchronization

/// Something that one thread says and another waits for.
final class Flag: Sendable {
    private let value = Atomic(false)

    var isRaised: Bool { value.load(ordering: .acquiring) }

    func raise() { value.store(true, ordering: .releasing) }

    /// Keeps the thread busy until another has raised it.
    func wait() {
        while !isRaised {}
    }
}
