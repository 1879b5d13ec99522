import TaskEngine

extension TaskRecord: Compact {
    func write(to output: inout CompactWriter) {
        output.write(id)
        output.append(counted: title.utf8)
        output.append(counted: description.utf8)
        output.write(status)
        output.write(priority)
        output.write(dependencies)
        output.write(project.map { PlainText($0) })
        output.write(createdAt)
        output.write(updatedAt)
        output.write(revision)
        output.write(since)
        output.write(work)
    }

    init(from input: inout CompactReader) throws(CompactError) {
        self.init(
            id: try input.read(), title: try PlainText(from: &input).text,
            description: try PlainText(from: &input).text, status: try input.read(), priority: try input.read(),
            dependencies: try input.read(), project: try PlainText?(from: &input)?.text,
            createdAt: try input.read(), updatedAt: try input.read(), revision: try input.read(),
            since: try Since(from: &input), work: try WorkState?(from: &input))
        guard TaskPriority.range.contains(priority), isConsistent else { throw CompactError() }
    }
}

extension Since: Compact {
    func write(to output: inout CompactWriter) {
        output.write(at)
        output.write(by)
    }

    init(from input: inout CompactReader) throws(CompactError) {
        self.init(at: try Timestamp(from: &input).milliseconds, by: try input.read())
    }
}

extension TaskStatus: CompactCases {
    static let inOrder: [TaskStatus] = [.pending, .inProgress, .completed, .failed]
}
