import Logging
import UVCore

/// Tells the log that clients cannot be accepted and wait, as when the process has no descriptor left; at most once a
/// minute, so that clients which keep it so fill no disk.
@LoopActor
final class AcceptTrouble {
    private let log: Logger
    private var lastTold: ContinuousClock.Instant?

    private static let pause = Duration.seconds(60)

    init(_ log: Logger) { self.log = log }

    func tell(_ error: LoopError) {
        if let lastTold, ContinuousClock.now - lastTold < Self.pause { return }
        lastTold = .now
        log.warning("Clients have to wait, for they cannot be accepted: \(error)")
    }
}
