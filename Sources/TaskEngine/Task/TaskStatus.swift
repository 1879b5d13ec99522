/// How far a task has come.
public enum TaskStatus: String, Sendable, CaseIterable {
    /// Not begun: the only status in which a task stands in the queue.
    case pending
    /// Begun: claimed by a worker, or set so by a client.
    case inProgress = "in-progress"
    /// Ended well.
    case completed
    /// Ended badly, or cancelled.
    case failed

    /// The status of that name, which is compared as bytes; nil if it names none.
    public init?(text: String) { self.init(utf8: text.utf8Span.span.bytes) }

    /// The status whose name these bytes are; nil if they are none's.
    ///
    /// - Complexity: O(1).
    public init?(utf8 name: RawSpan) {
        // No two have the same length.
        switch name.byteCount {
        case 7: self = .pending
        case 11: self = .inProgress
        case 9: self = .completed
        case 6: self = .failed
        default: return nil
        }
        let bytes = rawValue.utf8Span.span
        for offset in bytes.indices where bytes[offset] != name.unsafeLoad(fromByteOffset: offset, as: UInt8.self) {
            return nil
        }
    }
}
