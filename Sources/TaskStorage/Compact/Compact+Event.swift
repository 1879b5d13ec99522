import TaskEngine

extension TaskEvent: Compact {
    func write(to output: inout CompactWriter) {
        output.write(sequence)
        output.write(requestID)
        output.write(timestamp)
        output.write(change)
        output.write(key)
        output.write(cause)
        output.write(bodies)
    }

    init(from input: inout CompactReader) throws(CompactError) {
        let (sequence, requestID) = (try Int(from: &input), try RequestName(from: &input))
        let (timestamp, change) = (try Timestamp(from: &input), try Change(from: &input))
        self.init(
            change, sequence: sequence, requestID: requestID, timestamp: timestamp, key: try input.read(),
            cause: try input.read(), bodies: try input.read())
    }
}

extension TaskEvent.Change: Compact {
    func write(to output: inout CompactWriter) {
        switch self {
        case .created(let task):
            output.append(0)
            output.write(task)
        case .updated(let task, let changes, let formerProject):
            output.append(1)
            output.write(task)
            output.write(changes)
            output.write(formerProject.map { PlainText($0) })
        case .moved(let task, let from, let to):
            output.append(2)
            output.write(task)
            output.write(from)
            output.write(to)
        case .deleted(let id, let project):
            output.append(3)
            output.write(id)
            output.write(project.map { PlainText($0) })
        case .project(let name, let settings):
            output.append(4)
            output.write(name)
            output.write(settings)
        }
    }

    init(from input: inout CompactReader) throws(CompactError) {
        switch try input.byte() {
        case 0: self = .created(try input.read())
        case 1:
            self = .updated(
                try input.read(), changes: try input.read(), formerProject: try PlainText?(from: &input)?.text)
        case 2: self = .moved(try input.read(), from: try input.read(), to: try input.read())
        case 3: self = .deleted(try input.read(), project: try PlainText?(from: &input)?.text)
        case 4: self = .project(try input.read(), try input.read())
        default: throw CompactError()
        }
    }
}

/// A name that the server has made is an id, in a quarter of its text's bytes.
extension RequestName: Compact {
    func write(to output: inout CompactWriter) {
        output.write(id)
        if id == nil { output.append(counted: text.utf8) }
    }

    init(from input: inout CompactReader) throws(CompactError) {
        if let id = try TaskID?(from: &input) { self.init(id) } else { self.init(try PlainText(from: &input).text) }
    }
}

extension IdempotencyKey: Compact {
    func write(to output: inout CompactWriter) {
        for word in [name.high, name.low, content.high, content.low] { output.write(word) }
    }

    init(from input: inout CompactReader) throws(CompactError) {
        self.init(
            name: Fingerprint(high: try input.read(), low: try input.read()),
            content: Fingerprint(high: try input.read(), low: try input.read()))
    }
}

extension KeyedChange: Compact {
    func write(to output: inout CompactWriter) {
        output.write(key)
        output.write(kind)
        output.write(taskID)
        output.write(sequence)
        output.write(timestamp)
    }

    init(from input: inout CompactReader) throws(CompactError) {
        self.init(
            key: try input.read(), kind: try input.read(), taskID: try input.read(), sequence: try input.read(),
            timestamp: try input.read())
    }
}

extension BodyChange: Compact {
    func write(to output: inout CompactWriter) {
        output.write(payload)
        output.write(result)
    }

    init(from input: inout CompactReader) throws(CompactError) {
        self.init(payload: try input.read(), result: try input.read())
    }
}

extension TaskEvent.Cause: Compact {
    func write(to output: inout CompactWriter) {
        output.write(kind)
        output.write(by)
        output.write(isLate)
    }

    init(from input: inout CompactReader) throws(CompactError) {
        self.init(try input.read(), by: try input.read(), isLate: try input.read())
    }
}

extension TaskEvent.Cause.Kind: CompactCases {
    static let inOrder: [TaskEvent.Cause.Kind] = [
        .ready, .claimed, .completed, .retrying, .released, .undelivered, .expired, .timedOut, .failed, .cancelled,
        .retried, .retention,
    ]
}

extension KeyedChange.Kind: CompactCases {
    static let inOrder: [KeyedChange.Kind] = [.created, .updated, .deleted]
}

extension TaskField: CompactCases {
    static let inOrder: [TaskField] = [
        .title, .description, .status, .priority, .dependencies, .project, .type, .payload, .runAt, .delay,
        .maxAttempts,
        .retry, .lease, .timeout, .maxStalls, .onDependencyFailure, .unique, .state, .cancelRequested, .error,
    ]
}
