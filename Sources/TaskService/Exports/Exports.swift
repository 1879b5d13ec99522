import HTTPTypes
import TaskEngine
import UVCore
import UVHTTP

/// All tasks as one long answer, in creation order.
///
/// Nothing is copied: each piece asks the store anew for the tasks after the last one that was sent. So a task appears
/// once at most, and one that is changed meanwhile in either state.
@LoopActor
struct Exports: ServerPart {
    /// The tasks as they are now; asked again for each piece.
    let store: () -> TaskStore

    func addRoutes(to router: Router, behind gates: Gates) {
        router.group("/tasks", through: gates.members) { tasks in
            tasks.get("/export.csv") { _, response in
                response.setHeader(.contentType, "text/csv; charset=utf-8")
                response.setHeader(.contentDisposition, "attachment; filename=tasks-export.csv")
                send(to: response, head: Self.columns + CSVText.lineEnd, Self.appendRow)
            }
            tasks.get("/stream.ndjson") { _, response in
                response.setHeader(.contentType, "application/x-ndjson; charset=utf-8")
                send(to: response, head: "", Self.appendLine)
            }
        }
    }

    /// Sends in chunks, however few tasks there are. Between two pieces it holds the id of the last task and no task.
    private func send(
        to response: ServerResponse, head: String, _ append: @escaping (TaskRecord, inout [UInt8]) -> Void
    ) {
        var head = head
        var cursor: TaskID?
        response.writeHead(.ok)
        BodyStream.send(to: response) { piece in
            piece.append(contentsOf: head.utf8)
            head = ""
            for task in store().tasks(after: cursor) {
                guard piece.count < BodyStream.pieceSize else { return true }
                cursor = task.id
                append(task, &piece)
            }
            return false
        }
    }
}

// MARK: - Rows

extension Exports {
    private static let columns = "id,title,description,status,priority,dependencies,createdAt,updatedAt,project"

    private static func appendRow(_ task: TaskRecord, to row: inout [UInt8]) {
        CSVText.appendCell(task.id.description, isFirst: true, to: &row)
        CSVText.appendTyped(task.title, to: &row)
        CSVText.appendTyped(task.description, to: &row)
        CSVText.appendCell(task.status.rawValue, to: &row)
        CSVText.appendCell(String(task.priority), to: &row)
        CSVText.appendCell(task.dependencies.map(\.description).joined(separator: " "), to: &row)
        CSVText.appendCell(task.createdAt.description, to: &row)
        CSVText.appendCell(task.updatedAt.description, to: &row)
        CSVText.appendTyped(task.project ?? "", to: &row)
        CSVText.endRow(&row)
    }

    private static func appendLine(_ task: TaskRecord, to piece: inout [UInt8]) {
        JSONPad.lend { json in
            json.task(task)
            piece.append(copying: json.bytes.span.bytes)
        }
        piece.append(UInt8(ascii: "\n"))
    }
}
