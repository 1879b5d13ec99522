import HTTPTypes
import UVCore
import UVHTTP

extension TaskClient {
    // MARK: Making tasks

    /// Makes a task; where ``NewTask/unique`` says so, the answer is the one that is there. A `delay` counts in place of
    /// the task's own.
    public func enqueue(_ task: NewTask, delay: Duration? = nil) async throws(TaskError) -> QueuedTask {
        var task = task
        if let delay { task.delay = delay }
        let body: JSON
        do { body = try JSON(encoding: task) } catch { throw .unencodable("\(error)") }
        return try await ask(
            TaskLine.Question(path: "/tasks", change: .init(body: body, key: Self.newKey())), Self.task)
    }

    /// Makes a task, and calls `done` with it.
    public func enqueue(
        _ task: NewTask, delay: Duration? = nil, _ done: @escaping (Result<QueuedTask, TaskError>) throws -> Void
    ) {
        run({ () async throws(TaskError) in try await self.enqueue(task, delay: delay) }, done)
    }

    // MARK: Looking at them

    /// A task with its payload, its result and its last attempts.
    public func get(_ id: String) async throws(TaskError) -> QueuedTask {
        try await ask(TaskLine.Question(path: "/tasks/\(Self.encoded(id))?view=full"), Self.task)
    }

    /// Looks at a task, and calls `done` with it.
    public func get(_ id: String, _ done: @escaping (Result<QueuedTask, TaskError>) throws -> Void) {
        run({ () async throws(TaskError) in try await self.get(id) }, done)
    }

    /// Which tasks a list has.
    public struct Filter: Sendable {
        /// Such as `ready` or `failed`.
        public var state: String?
        /// Those of this type.
        public var type: String?
        /// Those of this project.
        public var project: String?

        /// Those that this worker has claimed.
        public var worker: String?

        /// The youngest first.
        public var isNewestFirst = false

        /// At most so many, 1 to 1,000.
        public var limit = 100

        /// Behind this task of the list.
        public var after: String?

        /// All tasks, the oldest first.
        public init() {}

        var query: String {
            let items: [(String, String?)] = [
                ("state", state), ("type", type), ("project", project), ("worker", worker),
                ("order", isNewestFirst ? "newest" : nil), ("after", after),
            ]
            return items.reduce("?view=full&limit=\(limit)") { query, item in
                item.1.map { "\(query)&\(item.0)=\(TaskClient.encoded($0))" } ?? query
            }
        }
    }

    /// A part of a list.
    public struct Page: Sendable {
        /// The tasks, in the order that was asked for.
        public let tasks: [QueuedTask]

        /// Whether more follow behind the last.
        public let hasMore: Bool
    }

    /// The tasks that `filter` wants, without their payloads, in the order of their creation.
    public func list(_ filter: Filter = Filter()) async throws(TaskError) -> Page {
        try await ask(TaskLine.Question(path: "/tasks\(filter.query)")) { answer in
            Page(
                tasks: try JSON(answer.body, answer.body.root).decode(as: [QueuedTask].self),
                hasMore: answer.hasNext)
        }
    }

    /// Lists tasks, and calls `done` with them.
    public func list(
        _ filter: Filter = Filter(), _ done: @escaping (Result<Page, TaskError>) throws -> Void
    ) {
        run({ () async throws(TaskError) in try await self.list(filter) }, done)
    }

    // MARK: Changing what becomes of them

    /// Cancels a task, which the admin may. One that runs is told so at its worker's next renewal; with `force` it is taken
    /// from its worker at once.
    public func cancel(
        _ id: String, reason: String? = nil, force: Bool = false
    ) async throws(TaskError) -> QueuedTask {
        try await change(id, "cancel", Cancellation(reason: reason, force: force))
    }

    /// Cancels a task, and calls `done` with it.
    public func cancel(
        _ id: String, reason: String? = nil, force: Bool = false,
        _ done: @escaping (Result<QueuedTask, TaskError>) throws -> Void
    ) {
        run({ () async throws(TaskError) in try await self.cancel(id, reason: reason, force: force) }, done)
    }

    /// Has a task that failed or was cancelled tried again, which the admin may.
    public func retry(_ id: String) async throws(TaskError) -> QueuedTask {
        try await change(id, "retry", Nothing())
    }

    /// Has a task tried again, and calls `done` with it.
    public func retry(_ id: String, _ done: @escaping (Result<QueuedTask, TaskError>) throws -> Void) {
        run({ () async throws(TaskError) in try await self.retry(id) }, done)
    }

    private func change(_ id: String, _ verb: String, _ body: some Encodable) async throws(TaskError) -> QueuedTask {
        let text: JSON
        do { text = try JSON(encoding: body) } catch { throw .unencodable("\(error)") }
        return try await ask(
            TaskLine.Question(path: "/tasks/\(Self.encoded(id))/\(verb)", change: .init(body: text)), Self.task)
    }

    private struct Cancellation: Encodable {
        let reason: String?
        let force: Bool

        func encode(to encoder: any Encoder) throws {
            var members = encoder.members
            try members.encodeIfPresent(reason, forKey: "reason")
            try members.encode(force, forKey: "force")
        }
    }

    /// An object without members.
    private struct Nothing: Encodable {
        func encode(to encoder: any Encoder) { _ = encoder.members }
    }

    // MARK: - Parts

    private static func task(_ answer: TaskLine.Answer) throws -> QueuedTask {
        try JSON(answer.body, answer.body.root).decode(as: QueuedTask.self)
    }

    /// 128 random bits.
    static func newKey() -> String {
        String(UInt64.random(in: .min ... .max), radix: 36) + String(UInt64.random(in: .min ... .max), radix: 36)
    }

    /// What does not stand for itself in a path or a query, as `%` and two digits. RFC 3986 section 2.3.
    nonisolated static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                return String(UnicodeScalar(byte))
            case _ where "-._~".utf8.contains(byte): return String(UnicodeScalar(byte))
            default: return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }.joined()
    }
}
