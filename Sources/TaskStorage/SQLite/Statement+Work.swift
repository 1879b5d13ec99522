import TaskEngine
import UVCore

/// What an event says of the work queue, in its columns.
extension Statement {
    func bind(_ cause: TaskEvent.Cause?, from index: Int32) {
        guard let cause else { return bindNull(index...index + 2) }
        bind(cause.kind.rawValue, index)
        if let id = cause.by { bind(id, index + 1) } else { bindNull(index + 1) }
        if cause.isLate { bind(1, index + 2) } else { bindNull(index + 2) }
    }

    /// The cause; nil if there is none, or what stands there is none.
    func cause(from column: Int32) -> TaskEvent.Cause? {
        guard let kind = withBytes(column, TaskEvent.Cause.Kind.init(utf8:)) else { return nil }
        let by = id(column + 1)
        guard by != nil || isNull(column + 1), isNull(column + 2) || number(column + 2) == 1 else { return nil }
        return TaskEvent.Cause(kind, by: by, isLate: !isNull(column + 2))
    }

    func bind(_ change: BodyChange?, from index: Int32) {
        guard let change else { return bindNull(index...index + 1) }
        bind(change.payload, index)
        bind(change.result, index + 1)
    }

    /// NULL where the event says nothing of it, and an empty text where it takes something away: no JSON value is empty.
    private func bind(_ body: JSONBody??, _ index: Int32) {
        switch body {
        case nil: bindNull(index)
        case .some(nil): bind(utf8: RawSpan(), index)
        case .some(let body?): bind(utf8: body.bytes.span.bytes, index)
        }
    }

    /// What an event says of bodies; nil if what stands there is nothing that it could say.
    func bodyChange(from column: Int32) -> BodyChange? {
        var change = BodyChange()
        return read(column, to: &change.payload) && read(column + 1, to: &change.result) ? change : nil
    }

    private func read(_ column: Int32, to part: inout JSONBody??) -> Bool {
        if isNull(column) { return true }
        let body = body(column)
        part = .some(body)
        return body != nil || isText(column) && withBytes(column) { $0.byteCount == 0 }
    }
}

extension TaskEvent.Cause.Kind {
    fileprivate init?(utf8 bytes: RawSpan) {
        guard let kind = Self.allCases.first(where: { $0.rawValue.utf8Span.span.bytes.isSame(as: bytes) }) else {
            return nil
        }
        self = kind
    }
}
