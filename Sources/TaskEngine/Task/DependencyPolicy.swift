/// What becomes of a task when one that it needs fails or is cancelled.
public enum DependencyPolicy: String, Sendable, CaseIterable {
    /// It is cancelled.
    case cancel
    /// It waits, until a retry completes.
    case hold
    /// The dependency counts as met.
    case ignore
}
