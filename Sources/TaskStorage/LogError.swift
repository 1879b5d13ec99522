/// Why a log could not keep events.
public struct LogError: Error, Hashable, Sendable {
    /// One sentence for the operator; no client sees it.
    public let message: String

    public init(_ message: String) {
        self.message = message
    }
}
