import Synchronization

/// Whether the operator wants an end: the loop sets it, and a thread at work asks between two portions.
package final class Interruption: Sendable {
    private let isRequested = Atomic<Bool>(false)

    package init() {}

    package func request() { isRequested.store(true, ordering: .relaxed) }

    /// - Throws: ``UpkeepError/interrupted`` once an end was requested.
    package func check() throws(UpkeepError) {
        if isRequested.load(ordering: .relaxed) { throw .interrupted }
    }
}
