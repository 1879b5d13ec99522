/// A name that one task of a project has at a time, from its creation to its end.
public struct UniqueKey: Sendable, Hashable {
    public enum Conflict: String, Sendable, CaseIterable {
        /// A second task is not made, and the first is the answer.
        case existing
        /// A second task is refused.
        case reject
    }

    /// 1 to 256 bytes.
    public var key: PlainText
    public var onConflict: Conflict

    public init(key: PlainText, onConflict: Conflict = .existing) {
        self.key = key
        self.onConflict = onConflict
    }
}
