/// What a priority may be: a whole number, higher is more urgent.
public enum TaskPriority {
    /// The priorities that are accepted.
    public static let range = -1_000_000...1_000_000
    /// The priority of a task that names none.
    public static let standard = 1
}
