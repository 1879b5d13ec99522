import TaskEngine
import UVCore
import UVHTTP

/// The list and the queue. Answers hold ids, and look each task up when it is its turn.
@LoopActor
final class TaskLists {
    private let queueOfWork: WorkQueue
    private let board: TaskBoard
    private let snapshots: Snapshots
    /// The queue as it was after the event of that number; gone when no answer is sent from it any more.
    private weak var queue: Snapshots.List<TaskQueueIDs>?
    private var queueSequence = -1

    init(_ queue: WorkQueue, _ snapshots: Snapshots) {
        queueOfWork = queue
        board = queue.board
        self.snapshots = snapshots
    }

    // MARK: The list

    func sendList(_ request: IncomingMessage, _ response: ServerResponse) {
        let filter: TaskFilter
        do throws(QueryParameters.Invalid) {
            filter = try TaskFilter(request.query)
        } catch {
            return response.end(error)
        }
        guard let limit = filter.limit else { return sendAll(of: filter, response) }
        response.whenCurrent { [self] in search(filter, limit: limit, response) }
    }

    private func search(_ filter: TaskFilter, limit: Int, _ response: ServerResponse) {
        var search = PageSearch(filter, limit: limit)
        guard search.step(over: board.store, looks: StepQueue.looks) else { return send(search, of: filter, response) }
        var isWanted = true
        response.whenClosed { isWanted = false }
        StepQueue.current.add { [self] in
            guard isWanted else { return false }
            if search.step(over: board.store, looks: StepQueue.looks) { return true }
            send(search, of: filter, response)
            return false
        }
    }

    private func send(_ page: PageSearch, of filter: TaskFilter, _ response: ServerResponse) {
        if let next = page.next {
            response.setHeader(.link, "</tasks?\(filter.query(after: next))>; rel=\"next\"")
        }
        var position = 0
        TaskArray.send(response) { [queueOfWork] json in
            json.tasks(page.ids, from: &position, of: queueOfWork, filter.form, where: filter.admits)
        }
    }

    /// Walks the store by a cursor, a piece at a time, for it may change in between.
    private func sendAll(of filter: TaskFilter, _ response: ServerResponse) {
        var cursor = filter.cursor
        TaskArray.send(response) { [board, queueOfWork] json in
            var looks = StepQueue.looks
            let store = board.store
            for task in filter.walk(over: store, after: cursor) {
                guard json.byteCount < TaskArray.pieceSize, looks > 0 else { return true }
                cursor = task.id
                looks -= filter.looks(at: task)
                if filter.admits(task, in: store) { queueOfWork.write(task, filter.form, to: &json) }
            }
            return false
        }
    }

    // MARK: The queue

    func sendQueue(_ response: ServerResponse) {
        guard !response.answersHead else { return response.endHead() }
        guard let list = queueNow() else { return response.endUnread() }
        var position = 0
        TaskArray.send(response) { [queueOfWork] json in json.tasks(list.ids, from: &position, of: queueOfWork) }
    }

    private func queueNow() -> Snapshots.List<TaskQueueIDs>? {
        let store = board.store
        if let queue, queueSequence == store.sequence { return queue }
        let list = snapshots.list(of: store.queue.elements)
        (queue, queueSequence) = (list, store.sequence)
        return list
    }
}
