import UVCore
import UVWebSocket

/// How a server sends its listeners away.
///
/// When all of many come back at once they run over the servers that are there: so each is asked to come back at another
/// time, and the more there are the longer that takes. Where there is no other server they come as soon as they like, since
/// it is the server itself that they come back to.
struct Dismissal {
    /// So many come back a second.
    static let rate = 1_000
    /// So many are told in an iteration of the loop.
    static let portion = 100

    let code: CloseCode
    private let words: String
    /// In what time they all come back; nil where they are not asked for any time.
    private let spread: Duration?

    /// The server ends, and its listeners find another one, if there is any.
    ///
    /// - Parameter count: How many listeners there are.
    static func stopping(of count: Int, hasOthers: Bool) -> Dismissal {
        hasOthers
            ? Dismissal(code: .serviceRestart, words: "The server is stopping", spread: spread(of: count))
            : Dismissal(code: .goingAway, words: "The server is stopping", spread: nil)
    }

    /// What the listeners know is no longer true: they are to begin anew, here or elsewhere.
    static func reloaded(of count: Int) -> Dismissal {
        Dismissal(code: .serviceRestart, words: "The tasks were read anew", spread: spread(of: count))
    }

    private static func spread(of count: Int) -> Duration { .milliseconds(count * 1_000 / rate) }

    /// When one of them is to come back; nil if that is its own business.
    func hint(using generator: inout some RandomNumberGenerator) -> ReturnHint? {
        guard let spread else { return nil }
        let milliseconds = Int64.random(in: 0...spread.wholeMilliseconds, using: &generator)
        return ReturnHint(after: .milliseconds(milliseconds))
    }

    func hint() -> ReturnHint? {
        var generator = SystemRandomNumberGenerator()
        return hint(using: &generator)
    }

    /// What a WebSocket's close frame says, for each another time.
    func reason() -> String { hint().map { "\(words); \($0.text)" } ?? words }
}
