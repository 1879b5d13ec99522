import Dispatch
import Synchronization

/// Counts in four threads at once, in what a lock guards or in what nothing does: there ThreadSanitizer has to find a race,
/// and none here.
@main
enum Canary {
    /// Unchecked: the race is wanted.
    private final class Bare: @unchecked Sendable {
        var count = 0
    }

    private static let guarded = Mutex(0)

    static func main() {
        let bare = Bare()
        let isRace = CommandLine.arguments.contains("race")
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            for _ in 0..<100_000 {
                if isRace { bare.count += 1 } else { guarded.withLock { $0 += 1 } }
            }
        }
        print(isRace ? bare.count : guarded.withLock { $0 })
    }
}
