import TaskEngine
import UVCore
import UVHTTP

extension TaskBoard {
    /// The task that the path names; nil if there is none, which is answered then.
    func task(of request: IncomingMessage, _ response: ServerResponse) -> TaskRecord? {
        guard let id = Self.id(of: request, response) else { return nil }
        guard let task = store[id] else {
            response.end(TaskError.taskNotFound(id))
            return nil
        }
        return task
    }

    /// The id that the path names; nil if it is none, and so no task's, which is answered then.
    static func id(of request: IncomingMessage, _ response: ServerResponse) -> TaskID? {
        var id: TaskID?
        guard request.readFirstParameter({ id = TaskID(utf8: $0) }), let id else {
            response.end(.taskNotFound, "There is no task of this name: ids are UUIDs.")
            return nil
        }
        return id
    }
}
