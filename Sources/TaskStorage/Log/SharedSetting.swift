/// What all servers of a log have to be set to alike, since it decides what becomes of tasks.
public struct SharedSetting: Sendable {
    /// The flag, such as `--aging`.
    public let flag: String
    /// What stands behind it, written in one way alone.
    public let value: String

    public init(_ flag: String, _ value: String) {
        self.flag = flag
        self.value = value
    }
}

extension Sequence<SharedSetting> {
    /// As they are written behind a command.
    var flags: String { map { "\($0.flag) \($0.value)" }.joined(separator: " ") }
}
