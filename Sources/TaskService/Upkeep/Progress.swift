import UVCore

/// How far a chore has come, in one line of a terminal that is written anew; elsewhere nothing.
final class Progress {
    private let isShown = StandardStream.error.isTerminal
    private var shownAt: ContinuousClock.Instant?

    /// Shows the line, unless that was done a moment ago.
    func show(_ text: @autoclosure () -> String) {
        guard isShown else { return }
        let now = ContinuousClock.now
        if let shownAt, now - shownAt < .milliseconds(100) { return }
        shownAt = now
        StandardStream.error.write("\r\(text())\u{1b}[K")
    }

    /// Takes the line away.
    func clear() {
        if shownAt != nil { StandardStream.error.write("\r\u{1b}[K") }
    }
}
