import TaskEngine

/// Why a body describes no task.
enum TaskBodyError: Error {
    case noJSON(JSONError)
    case noObject
    /// A field has a wrong type or value.
    case refused(TaskError)
}

extension TaskFields {
    /// Reads the fields of a task that a client has sent. Members of other names are ignored, and of several of one name
    /// the last counts.
    ///
    /// - Throws: What is no JSON is told first, and of the fields with a wrong type or value the first in the order of
    ///   `TaskField`.
    /// - Complexity: O(length).
    init(json bytes: [UInt8]) throws(TaskBodyError) {
        self.init()
        var wrong: [TaskField] = []
        let isObject: Bool
        do throws(JSONError) {
            isObject = try read(bytes, noting: &wrong)
        } catch {
            throw .noJSON(error)
        }
        guard isObject else { throw .noObject }
        if !wrong.isEmpty, let first = TaskField.allCases.first(where: wrong.contains) {
            throw .refused(.invalidField(first))
        }
    }

    /// Sets what the members say, and notes the fields whose last value is a wrong one. Returns whether `bytes` are an
    /// object.
    private mutating func read(_ bytes: [UInt8], noting wrong: inout [TaskField]) throws(JSONError) -> Bool {
        var reader = try JSONReader(bytes)
        let isObject = try reader.beginObject()
        while isObject, let name = try reader.nextMember() {
            guard let field = reader.withBytes(of: name, TaskField.init(name:)) else {
                try reader.skipValue()
                continue
            }
            let isRight = try set(field, from: &reader)
            if !wrong.isEmpty { wrong.removeAll { $0 == field } }
            if !isRight { wrong.append(field) }
        }
        try reader.end()
        return isObject
    }

    /// Sets a field to the value that comes; returns whether that is one for it.
    private mutating func set(_ field: TaskField, from reader: inout JSONReader) throws(JSONError) -> Bool {
        if field == .dependencies {
            guard let ids = try reader.readIDs() else { return false }
            return (try? set(dependencies: ids)) != nil
        }
        let value = try reader.readValue()
        do throws(TaskError) {
            switch (field, value) {
            case (.title, .string(let string)): try set(title: reader.text(string))
            case (.description, .string(let string)): try set(description: reader.text(string))
            case (.status, .string(let string)): try set(status: reader.text(string))
            case (.priority, .integer(let number)): try set(priority: number)
            case (.priority, .number(let number)): try set(priority: number)
            case (.priority, .string(let string)): try set(priority: reader.text(string))
            case (.project, .string(let string)): try set(project: reader.text(string))
            case (.project, .null): try set(project: nil)
            default: return false
            }
            return true
        } catch {
            return false
        }
    }
}

extension JSONReader {
    /// The ids of an array of nothing else; nil for any other value, which is skipped.
    fileprivate mutating func readIDs() throws(JSONError) -> [TaskID]? {
        guard try beginArray() else { return nil }
        var ids: [TaskID]? = []
        while try nextElement() {
            let value = try readValue()
            guard case .string(let text) = value, let id = withBytes(of: text, TaskID.init(utf8:)) else {
                ids = nil
                continue
            }
            ids?.append(id)
        }
        return ids
    }
}

extension TaskField {
    /// The field of that name, compared byte by byte; nil if it names none.
    fileprivate init?(name: RawSpan) {
        // No two have the same length.
        switch name.byteCount {
        case 5 where name.isSame(as: "title"): self = .title
        case 6 where name.isSame(as: "status"): self = .status
        case 7 where name.isSame(as: "project"): self = .project
        case 8 where name.isSame(as: "priority"): self = .priority
        case 11 where name.isSame(as: "description"): self = .description
        case 12 where name.isSame(as: "dependencies"): self = .dependencies
        default: return nil
        }
    }
}
