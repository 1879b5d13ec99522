extension ChildProcess {
    /// What else a program can be given.
    public struct Options: Sendable {
        /// Variables besides those that it gets anyway, in place of any of their name.
        public var variables: [(name: String, value: String)] = []

        /// Whether it is alone in a session and a group of processes: ctrl-C does not reach it,
        /// ``ChildProcess/kill(_:)`` reaches what it has started too, and what that leaves running at its exit is ended.
        public var isApart = false

        /// What a program that is ``ChildProcess/run(_:_:environment:folder:collecting:timeout:limit:options:)`` reads from
        /// standard input, to its end; nil for nothing, which is an end at once.
        public var input: [UInt8]?

        /// Of what a program that is run writes to standard error only the end is kept, as many bytes, and it does not
        /// count for the limit; nil to keep all. Below 0 is 0.
        public var longestErrors: Int?

        /// Whether it has ``ChildProcess/channel``, as its descriptor 3.
        package var hasChannel = false

        /// Descriptors of this process that it gets too, from 3 on, or from 4 where it has a channel.
        package var descriptors: [Int32] = []

        /// With nothing more than a program gets anyway.
        public init() {}
    }

    /// What `uv_spawn` is told about the program.
    struct Command {
        let words: [String]
        let environment: [String: String]?
        let folder: String?
        var options = Options()
    }
}
