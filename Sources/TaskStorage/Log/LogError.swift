/// Why a log could not keep events, or cannot say whether it has.
public enum LogError: Error, Hashable, Sendable {
    /// Nothing was kept.
    case refused(String)
    /// Whether the events were kept could not be found out: they are all there, or none.
    case unknown(String)

    /// One sentence for the operator; no client sees it.
    public var message: String {
        switch self {
        case .refused(let message), .unknown(let message): message
        }
    }
}
