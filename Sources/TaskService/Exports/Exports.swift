import HTTPTypes
import TaskEngine
import UVCore
import UVHTTP

/// All tasks as one long answer, in creation order.
///
/// Nothing is copied: each piece asks the store anew for the tasks after the last one that was sent. So a task appears
/// once at most, and one that is changed meanwhile in either state.
@LoopActor
struct Exports {
    /// The tasks as they are now; asked again for each piece.
    let store: () -> TaskStore

    func addRoutes(to router: Router, _ access: RouteAccess) {
        router.get("/tasks/export.csv", through: access.members) { _, response in
            response.setHeader(.contentType, "text/csv; charset=utf-8")
            response.setHeader(.contentDisposition, "attachment; filename=tasks-export.csv")
            send(to: response, head: Self.columns + CSVText.lineEnd, Self.appendRow)
        }
        router.get("/tasks/stream.ndjson", through: access.members) { _, response in
            response.setHeader(.contentType, "application/x-ndjson; charset=utf-8")
            send(to: response, head: "", Self.appendLine)
        }
    }

    private func send(
        to response: ServerResponse, head: String, _ append: @escaping (TaskRecord, inout [UInt8]) -> Void
    ) {
        var cursor: TaskID?
        var waiting: ArraySlice<TaskRecord> = []
        BodyStream.send(head, to: response) { piece in
            if waiting.isEmpty { waiting = store().page(after: cursor, limit: Self.pageSize).tasks[...] }
            guard let task = waiting.popFirst() else { return false }
            cursor = task.id
            append(task, &piece)
            return true
        }
    }

    /// Tasks taken from the store at once: a few more than a piece has room for.
    private static let pageSize = 64
}

// MARK: - Rows

extension Exports {
    private static let columns = "id,title,description,status,priority,dependencies,createdAt,updatedAt"

    private static func appendRow(_ task: TaskRecord, to row: inout [UInt8]) {
        CSVText.appendCell(task.id.description, isFirst: true, to: &row)
        CSVText.appendTyped(task.title, to: &row)
        CSVText.appendTyped(task.description, to: &row)
        CSVText.appendCell(task.status.rawValue, to: &row)
        CSVText.appendCell(String(task.priority), to: &row)
        CSVText.appendCell(task.dependencies.map(\.description).joined(separator: " "), to: &row)
        CSVText.appendCell(task.createdAt.description, to: &row)
        CSVText.appendCell(task.updatedAt.description, to: &row)
        CSVText.endRow(&row)
    }

    private static func appendLine(_ task: TaskRecord, to piece: inout [UInt8]) {
        var json = JSONText()
        json.task(task)
        piece.append(contentsOf: json.bytes)
        piece.append(UInt8(ascii: "\n"))
    }
}
