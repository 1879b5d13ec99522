/// A name that one task of a project has at a time, from its creation to its end.
public struct UniqueKey: Sendable, Hashable {
    /// What is done when a task is to be made whose key another one has. The raw value is the name in JSON.
    public enum Conflict: String, Sendable, CaseIterable {
        /// A second task is not made, and the first is the answer.
        case existing
        /// A second task is refused.
        case reject
    }

    /// 1 to 256 bytes.
    public var key: PlainText
    /// The rule for this task when it is the second; that of the first does not matter.
    public var onConflict: Conflict

    /// A key, of which nothing is checked here.
    public init(key: PlainText, onConflict: Conflict = .existing) {
        self.key = key
        self.onConflict = onConflict
    }
}
