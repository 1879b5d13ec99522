/// What must hold of a task before a change is made: what `If-Match` and `If-None-Match` ask for. RFC 9110 section 13.1.
public struct Precondition: Sendable, Hashable {
    /// Some states of a task, by their revisions.
    public enum Revisions: Sendable, Hashable {
        /// Any revision, as `*` in the header says.
        case every
        /// These revisions alone; none of them is listed where nothing is excluded.
        case listed([Int])

        /// - Complexity: O(revisions listed).
        public func contains(_ revision: Int) -> Bool {
            switch self {
            case .every: true
            case .listed(let revisions): revisions.contains(revision)
            }
        }
    }

    /// The revisions of which the task must have one.
    public var required: Revisions

    /// The revisions that the task must not have.
    public var excluded: Revisions

    /// Nothing is asked for unless it is given.
    public init(required: Revisions = .every, excluded: Revisions = .listed([])) {
        self.required = required
        self.excluded = excluded
    }

    /// A condition that every task meets.
    public static let none = Precondition()

    /// Whether a task of that revision meets it.
    /// - Complexity: O(revisions listed).
    public func isMet(by revision: Int) -> Bool { required.contains(revision) && !excluded.contains(revision) }
}
