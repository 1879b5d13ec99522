import TaskEngine
import UVCore
import UVHTTP

/// Lists of ids that answers are sent from, while the tasks change.
///
/// An answer that its client does not read holds such a list and no task: 16 bytes for each task, 32 of the queue, and the
/// same list as every other answer that was asked for while nothing changed. All lists together have ``limit`` bytes.
@LoopActor
final class Snapshots {
    /// The ids of tasks at one time.
    final class List<IDs: RandomAccessCollection<TaskID>>: AnyList {
        let ids: IDs

        fileprivate init(_ ids: IDs, stride: Int) {
            self.ids = ids
            super.init(bytes: ids.count * stride)
        }
    }

    /// How much memory a list counts for, whatever type holds its ids.
    class AnyList {
        fileprivate let bytes: Int

        fileprivate init(bytes: Int) { self.bytes = bytes }
    }

    private struct Reference {
        weak var list: AnyList?
    }

    /// How many bytes the lists may have together. One list alone may have more.
    let limit: Int

    private var lists: [Reference] = []

    nonisolated init(limit: Int = 64 << 20) { self.limit = limit }

    /// How many bytes the lists have that an answer still needs.
    ///
    /// - Complexity: O(lists).
    var bytes: Int { lists.reduce(0) { $0 + ($1.list?.bytes ?? 0) } }

    /// A list of `ids` to send from; nil if there is no room beside those that other answers are sent from.
    ///
    /// - Complexity: O(lists).
    func list(of ids: [TaskID]) -> List<[TaskID]>? { keep(List(ids, stride: MemoryLayout<TaskID>.stride)) }

    /// The same, of the queue's ids, which are copied only as far as the queue changes meanwhile.
    func list(of ids: TaskQueueIDs) -> List<TaskQueueIDs>? { keep(List(ids, stride: TaskQueueIDs.stride)) }

    private func keep<IDs>(_ list: List<IDs>) -> List<IDs>? {
        lists.removeAll { $0.list == nil }
        guard lists.isEmpty || bytes + list.bytes <= limit else { return nil }
        lists.append(Reference(list: list))
        return list
    }
}

/// The ids of the tasks that wait, as the heap of them has them.
typealias TaskQueueIDs = PriorityQueue<TaskID, Int>.Elements

extension ServerResponse {
    /// Ends the response with 503: so many long answers are not read that there is no room for another.
    func endUnread() {
        setHeader(.retryAfter, "1")
        end(.serviceUnavailable, "Too many long answers are not read by their clients; try again in a second.")
    }
}
