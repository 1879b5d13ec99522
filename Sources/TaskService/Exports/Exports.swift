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
            tasks.get("/export.csv") { _, response in sendTable(response) }
            tasks.get("/stream.ndjson") { _, response in sendLines(response) }
        }
    }

    private func sendTable(_ response: ServerResponse) {
        response.setHeader(.contentType, "text/csv; charset=utf-8")
        response.setHeader(.contentDisposition, "attachment; filename=tasks-export.csv")
        var head = Self.columns + CSVText.lineEnd
        send(to: response) { piece, cursor in
            piece.append(contentsOf: head.utf8)
            head = ""
            return fill(from: &cursor) { task in
                Self.appendRow(task, to: &piece)
                return piece.count
            }
        }
    }

    private func sendLines(_ response: ServerResponse) {
        response.setHeader(.contentType, "application/x-ndjson; charset=utf-8")
        var json = JSONText()
        send(to: response) { piece, cursor in
            let hasMore = Self.fill(&json, from: &cursor, of: store())
            json.move(to: &piece)
            return hasMore
        }
    }

    /// Writes lines as ``fill(from:_:)`` writes rows: a plain loop, for this is done for each of very many tasks.
    private static func fill(_ json: inout JSONText, from cursor: inout TaskID?, of store: TaskStore) -> Bool {
        for task in store.tasks(after: cursor) {
            cursor = task.id
            json.task(task, of: store)
            json.endLine()
            if json.byteCount >= BodyStream.pieceSize { return true }
        }
        return false
    }

    /// Sends in chunks, however few tasks there are. Between two pieces it holds the id of the last task and no task.
    private func send(to response: ServerResponse, _ fill: @escaping (inout [UInt8], inout TaskID?) -> Bool) {
        var cursor: TaskID?
        response.writeHead(.ok)
        BodyStream.send(to: response) { fill(&$0, &cursor) }
    }

    /// Writes the tasks behind `cursor` by `append`, which says how many bytes are written, until a piece is full; returns
    /// whether there are more.
    private func fill(from cursor: inout TaskID?, _ append: (TaskRecord) -> Int) -> Bool {
        for task in store().tasks(after: cursor) {
            cursor = task.id
            if append(task) >= BodyStream.pieceSize { return true }
        }
        return false
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
}
