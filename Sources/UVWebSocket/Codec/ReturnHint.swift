/// When a server that sends a client away wants it back: the end of a close frame's reason, such as `come back in 340 ms`.
///
/// A server that gives each client another time is not run over by all of them at once, nor is the one that they go to.
public struct ReturnHint: Hashable, Sendable {
    /// No server can ask for more.
    public static let longest = Duration.seconds(60)

    private static let words = (before: "come back in ", behind: " ms")

    /// Whole milliseconds, at most ``longest``.
    public let delay: Duration

    /// - Parameter delay: Rounded down to milliseconds, and to what can be asked for.
    public init(after delay: Duration) {
        self.delay = .milliseconds(min(max(delay, .zero), Self.longest).wholeMilliseconds)
    }

    /// Reads the end of `reason`: nil if it says no such thing. A longer time than ``longest`` is that one.
    public init?(atEndOf reason: String) {
        let text = reason.utf8
        guard text.reversed().starts(with: Self.words.behind.utf8.reversed()) else { return nil }
        let rest = text.dropLast(Self.words.behind.utf8.count)
        let digits = rest.reversed().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.reversed()
        guard (1...9).contains(digits.count),
            rest.dropLast(digits.count).reversed().starts(with: Self.words.before.utf8.reversed())
        else { return nil }
        self.init(after: .milliseconds(digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }))
    }

    /// What stands at the end of a reason.
    public var text: String { "\(Self.words.before)\(delay.wholeMilliseconds)\(Self.words.behind)" }
}
