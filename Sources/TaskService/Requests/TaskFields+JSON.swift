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
    /// - Parameter now: `runAt` is at most ten years behind it.
    /// - Throws: What is no JSON is told first, and of the fields with a wrong type or value the first in the order of
    ///   `TaskField`.
    /// - Complexity: O(length).
    init(json bytes: [UInt8], now: Timestamp = .now) throws(TaskBodyError) {
        self.init()
        var wrong: [TaskField] = []
        let isObject: Bool
        do throws(JSONError) {
            isObject = try read(bytes, now, noting: &wrong)
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
    private mutating func read(
        _ bytes: [UInt8], _ now: Timestamp, noting wrong: inout [TaskField]
    ) throws(JSONError) -> Bool {
        var reader = try JSONReader(bytes)
        let isObject = try reader.beginObject()
        while isObject, let name = try reader.nextMember() {
            guard let field = reader.withBytes(of: name, TaskField.init(name:)) else {
                try reader.skipValue()
                continue
            }
            try read(field, from: &reader, now, noting: &wrong)
        }
        try reader.end()
        return isObject
    }

    /// Sets a field to the value that comes, and notes whether that is one for it.
    mutating func read(
        _ field: TaskField, from reader: inout JSONReader, _ now: Timestamp, noting wrong: inout [TaskField]
    ) throws(JSONError) {
        let isRight = try set(field, from: &reader, now)
        if !wrong.isEmpty { wrong.removeAll { $0 == field } }
        if !isRight { wrong.append(field) }
    }

    /// Sets a field to the value that comes; returns whether that is one for it.
    private mutating func set(
        _ field: TaskField, from reader: inout JSONReader, _ now: Timestamp
    ) throws(JSONError) -> Bool {
        switch field {
        case .dependencies:
            guard let ids = try reader.readIDs() else { return false }
            return (try? set(dependencies: ids)) != nil
        case .payload:
            let payload = try reader.readBody()
            return (try? set(payload: payload)) != nil
        case .retry: return try setRetry(from: &reader)
        case .unique: return try setUnique(from: &reader)
        default: break
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
            default: return try setWork(field, value, of: reader, now)
            }
            return true
        } catch {
            return false
        }
    }
}

// MARK: - The work queue's

extension TaskFields {
    private mutating func setWork(
        _ field: TaskField, _ value: JSONValue, of reader: JSONReader, _ now: Timestamp
    ) throws(TaskError) -> Bool {
        switch (field, value) {
        case (.type, .string(let string)): try set(type: reader.text(string))
        case (.type, .null): try set(type: nil)
        case (.runAt, .string(let string)):
            guard let time = reader.withBytes(of: string, Timestamp.init(iso8601:)) else { return false }
            try set(runAt: time, now: now)
        case (.runAt, .null): try set(runAt: nil, now: now)
        case (.onDependencyFailure, .string(let string)): try set(onDependencyFailure: reader.text(string))
        case (.timeout, .null): try set(timeout: nil)
        default: return try setNumber(field, value)
        }
        return true
    }

    private mutating func setNumber(_ field: TaskField, _ value: JSONValue) throws(TaskError) -> Bool {
        let number: Double
        switch value {
        case .integer(let integer): number = Double(integer)
        case .number(let fraction): number = fraction
        default: return false
        }
        switch field {
        case .delay: try set(delay: number)
        case .maxAttempts: try set(maxAttempts: number)
        case .maxStalls: try set(maxStalls: number)
        case .lease: try set(lease: number)
        case .timeout: try set(timeout: number)
        default: return false
        }
        return true
    }

    private mutating func setRetry(from reader: inout JSONReader) throws(JSONError) -> Bool {
        guard let retry = try reader.readRetry() else { return false }
        return (try? set(retryBase: retry.base, factor: retry.factor, max: retry.max, jitter: retry.jitter)) != nil
    }

    private mutating func setUnique(from reader: inout JSONReader) throws(JSONError) -> Bool {
        guard try reader.beginObject() else { return false }
        var (key, conflict): (String?, String?)
        var isRight = true
        while let name = try reader.nextMember() {
            let (isKey, isConflict) = (reader.says(name, "key"), reader.says(name, "onConflict"))
            guard case .string(let text) = try reader.readValue() else {
                if isKey || isConflict { isRight = false }
                continue
            }
            if isKey { key = reader.text(text) }
            if isConflict { conflict = reader.text(text) }
        }
        guard isRight, let key else { return false }
        return (try? set(uniqueKey: key, onConflict: conflict)) != nil
    }
}

extension JSONReader {
    /// The members of a policy of retries; nil for what is no object of numbers.
    mutating func readRetry() throws(JSONError) -> (base: Double?, factor: Double?, max: Double?, jitter: Double?)? {
        guard try beginObject() else { return nil }
        var retry: (base: Double?, factor: Double?, max: Double?, jitter: Double?) = (nil, nil, nil, nil)
        var isRight = true
        while let name = try nextMember() {
            let number: Double? =
                switch try readValue() {
                case .integer(let number): Double(number)
                case .number(let number): number
                default: nil
                }
            if says(name, "base") {
                retry.base = number
            } else if says(name, "factor") {
                retry.factor = number
            } else if says(name, "max") {
                retry.max = number
            } else if says(name, "jitter") {
                retry.jitter = number
            } else {
                continue
            }
            if number == nil { isRight = false }
        }
        return isRight ? retry : nil
    }
}

extension JSONReader {
    /// The ids of an array of nothing else; nil for any other value, which is skipped.
    mutating func readIDs() throws(JSONError) -> [TaskID]? {
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
    /// The field of that name, compared byte by byte; nil if it names none that a client sets.
    init?(name: RawSpan) {
        switch name.byteCount {
        case 4 where name.isSame(as: "type"): self = .type
        case 5: self.init(fiveBytes: name)
        case 6 where name.isSame(as: "status"): self = .status
        case 6 where name.isSame(as: "unique"): self = .unique
        case 7 where name.isSame(as: "project"): self = .project
        case 7 where name.isSame(as: "payload"): self = .payload
        case 7 where name.isSame(as: "timeout"): self = .timeout
        case 8 where name.isSame(as: "priority"): self = .priority
        case 9 where name.isSame(as: "maxStalls"): self = .maxStalls
        case 11 where name.isSame(as: "description"): self = .description
        case 11 where name.isSame(as: "maxAttempts"): self = .maxAttempts
        case 12 where name.isSame(as: "dependencies"): self = .dependencies
        case 19 where name.isSame(as: "onDependencyFailure"): self = .onDependencyFailure
        default: return nil
        }
    }

    private init?(fiveBytes name: RawSpan) {
        if name.isSame(as: "title") {
            self = .title
        } else if name.isSame(as: "runAt") {
            self = .runAt
        } else if name.isSame(as: "delay") {
            self = .delay
        } else if name.isSame(as: "retry") {
            self = .retry
        } else if name.isSame(as: "lease") {
            self = .lease
        } else {
            return nil
        }
    }
}
