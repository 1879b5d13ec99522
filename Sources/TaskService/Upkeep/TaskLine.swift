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
            let read = Result { try TaskOrigin(json: line) }
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
        } catch let error as LineError {
            throw error
        } catch TaskBodyError.noJSON where line.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw LineError(message: "it begins with a byte order mark (BOM), and JSON has none")
        } catch TaskBodyError.noJSON(let error) {
            throw LineError(message: "it is not JSON: \(error.message)")
        } catch TaskBodyError.noObject {
            throw LineError(message: "it is no JSON object")
        } catch TaskBodyError.refused(let error) {
            throw LineError(message: error.message)
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

    /// Reads the members of an object that is known to be one. Of several of one name the last counts.
    init(json bytes: [UInt8]) throws {
        var id: TaskID?
        var createdAt: Timestamp?
        var updatedAt: Timestamp?
        var past = WorkPast()
        var reader = try JSONReader(bytes)
        _ = try reader.beginObject()
        while let name = try reader.nextMember() {
            if reader.says(name, "id") {
                id = try reader.readText(TaskID.init(utf8:))
            } else if reader.says(name, "createdAt") {
                createdAt = try reader.readText(Timestamp.init(utf8:))
            } else if reader.says(name, "updatedAt") {
                updatedAt = try reader.readText(Timestamp.init(utf8:))
            } else {
                try past.read(name, from: &reader)
            }
        }
        guard let id, TaskIDGenerator.hasRoom(above: id) else {
            throw LineError(message: "id must be a UUID such as a server gives")
        }
        guard let createdAt, let updatedAt else {
            let name = createdAt == nil ? "createdAt" : "updatedAt"
            throw LineError(message: "\(name) must be a time such as 2026-01-02T03:04:05.678Z")
        }
        (self.id, self.createdAt, self.updatedAt, self.past) = (id, createdAt, updatedAt, past)
    }
}

extension JSONReader {
    /// What the string that comes says; nil for another value, too.
    mutating func readText<Value>(_ read: (RawSpan) -> Value?) throws(JSONError) -> Value? {
        guard case .string(let text) = try readValue() else { return nil }
        return withBytes(of: text, read)
    }
}
