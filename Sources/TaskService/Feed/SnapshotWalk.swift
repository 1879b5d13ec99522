import TaskEngine

/// The tasks of a listener's rooms as they are, page by page, in the order of their creation.
///
/// The tasks change while it walks. So what it shows is true only with the events behind the one at which it began: each
/// sets the whole task anew, whether a page had it before or after.
struct SnapshotWalk {
    /// A message to the listener.
    struct Page {
        let json: [UInt8]
        let sequence: Int
        let isLast: Bool
    }

    /// How many tasks a page has at most.
    static let mostTasks = 500
    /// From how many bytes on no task is added to a page: with one more it is still a message that any client takes.
    static let pageBytes = 512 << 10

    /// The last event before the walk.
    let sequence: Int
    private let pageTasks: Int
    private var cursor: TaskID?
    /// The page that is being written.
    private var text = SnapshotWalk.beginning()
    private var count = 0

    init(at sequence: Int, pageTasks: Int = mostTasks) {
        self.sequence = sequence
        self.pageTasks = pageTasks
    }

    /// Looks at the next tasks. A page is whole when there is a task that it has no room for, or none at all: so the last
    /// one is known to be.
    ///
    /// - Complexity: O(log *n* + `looks`), for *n* tasks.
    mutating func step(over store: TaskStore, in rooms: ListenerRooms, looks: Int) -> Page? {
        guard let ids = rooms.onlyTasks else { return step(over: store.tasks(after: cursor), store, in: rooms, looks) }
        // A client has few rooms, so they are one step.
        let rest = ids.drop { id in cursor.map { id <= $0 } ?? false }
        return step(over: rest.lazy.compactMap { store[$0] }, store, in: rooms, looks)
    }

    private mutating func step(
        over tasks: some Sequence<TaskRecord>, _ store: TaskStore, in rooms: ListenerRooms, _ looks: Int
    ) -> Page? {
        var looks = looks
        for task in tasks {
            guard looks > 0 else { return nil }
            looks -= 1
            if rooms.admit(task) {
                guard count < pageTasks, text.byteCount < Self.pageBytes else { return takePage(isLast: false) }
                text.task(task, of: store)
                count += 1
            }
            cursor = task.id
        }
        return takePage(isLast: true)
    }

    private mutating func takePage(isLast: Bool) -> Page {
        text.endArray()
        text.member("seq", sequence)
        text.member("more", !isLast)
        var json: [UInt8] = []
        text.move(to: &json)
        json.append(UInt8(ascii: "}"))
        (text, count) = (Self.beginning(), 0)
        return Page(json: json, sequence: sequence, isLast: isLast)
    }

    private static func beginning() -> JSONText {
        .beginning { json in
            json.member("event", "snapshot")
            json.beginArray("tasks")
        }
    }
}
