import TaskEngine
import UVCore

/// Why a line describes no task; the reason as a sentence.
struct LineError: Error {
    let message: String
}

/// A task as an export writes it: what `POST /tasks` is sent, by the same rules, its id and its times, and how the work on it
/// has gone until now.
struct TaskLine {
    let task: TaskRecord
    let bodies: TaskBodies

    /// - Complexity: O(length).
    init(_ line: [UInt8]) throws(LineError) {
        do {
            let read = Result { () throws(BodyError) in try TaskOrigin(json: line) }
            // It was made or changed when the clock was wrong, or is imported where it is behind.
            let then = (try? read.get()).map { max($0.createdAt, $0.updatedAt) } ?? .now
            let fields = try TaskFields(json: line, now: max(then, .now))
            let origin = try read.get()
            var task = try fields.newTask(
                origin.id, createdAt: origin.createdAt, updatedAt: origin.updatedAt, revision: 0)
            // What it waits for is a time that can be read again.
            if let due = task.work?.due, !Timestamp.fourDigitYears.contains(due.instant) {
                throw TaskError.invalidField(.delay)
            }
            task.work = origin.past.state(of: task.status, behind: task.work)
            self.task = task
            var bodies = TaskBodies(result: origin.past.result)
            if let payload = fields.work?.value.payload { bodies.payload = payload }
            self.bodies = bodies
        } catch TaskBodyError.noJSON where line.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw LineError(message: "it begins with a byte order mark (BOM), and JSON has none")
        } catch TaskBodyError.noJSON(let error) {
            throw LineError(message: "it is not JSON: \(error.message)")
        } catch TaskBodyError.noObject {
            throw LineError(message: "it is no JSON object")
        } catch TaskBodyError.refused(let error) {
            throw LineError(message: error.message)
        } catch BodyError.fault(let fault) {
            throw LineError(message: fault.message)
        } catch let error as TaskError {
            throw LineError(message: error.message)
        } catch {
            throw LineError(message: "\(error)")
        }
    }
}

/// What a server gives a task that is made, and a task that is imported brings along.
private struct TaskOrigin {
    let id: TaskID
    let createdAt: Timestamp
    let updatedAt: Timestamp
    let past: WorkPast

    /// Of several members of one name the last counts.
    init(json bytes: [UInt8]) throws(BodyError) {
        self = try BodyReader.read(bytes) { body throws(JSONError) in try Self(body: &body) }
    }

    private init?(body: inout BodyReader) throws(JSONError) {
        var id: TaskID?
        var createdAt: Timestamp?
        var updatedAt: Timestamp?
        var past = WorkPast()
        while let name = try body.nextMember() {
            if body.says(name, "id") {
                id = try body.idOfServer("id")
            } else if body.says(name, "createdAt") {
                createdAt = try body.time("createdAt")
            } else if body.says(name, "updatedAt") {
                updatedAt = try body.time("updatedAt")
            } else {
                try past.read(name, from: &body)
            }
        }
        guard let id = body.required(id, "id"), let createdAt = body.required(createdAt, "createdAt"),
            let updatedAt = body.required(updatedAt, "updatedAt")
        else { return nil }
        (self.id, self.createdAt, self.updatedAt, self.past) = (id, createdAt, updatedAt, past)
    }
}

extension BodyReader {
    fileprivate mutating func idOfServer(_ field: String) throws(JSONError) -> TaskID? {
        let id = try json.readText(TaskID.init(utf8:))
        return note(
            id.map(TaskIDGenerator.hasRoom) ?? false ? id : nil, field, "a UUID such as a server gives")
    }
}
