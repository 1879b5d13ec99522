import HTTPTypes
import TaskEngine
import UVCore
import UVHTTP

// RFC 9110 section 13.2: conditions are checked when a request has passed all other checks, `If-Match` first.
// Those on times are ignored, since no resource here says when it was changed last.

extension IncomingMessage {
    /// What the request asks of the resource that it is for.
    var precondition: Precondition {
        Precondition(
            required: header(known: .ifMatch).map { EntityTags($0).strongly } ?? .every,
            excluded: header(known: .ifNoneMatch).map { EntityTags($0).weakly } ?? .listed([]))
    }
}

extension EntityTags {
    /// For `If-Match`: what is sent is to replace exactly what was read, so a weak tag does not do. Section 8.8.3.2.
    var strongly: Precondition.Revisions {
        switch self {
        case .any: .every
        case .revisions(let strong, _): .listed(strong)
        }
    }

    /// For `If-None-Match`, where weak tags count as well.
    var weakly: Precondition.Revisions {
        switch self {
        case .any: .every
        case .revisions(let strong, let weak): .listed(strong + weak)
        }
    }
}

extension Precondition {
    /// Whether a resource that is there and has no tag meets it.
    var isMetWithoutTag: Bool { isMet(by: Self.untagged) }

    /// No tag of this server names a negative number.
    private static let untagged = -1
}

extension ServerResponse {
    /// Whether what `request` wants to read is to be sent: it has the state that the request asks for, and another one
    /// than those that the client knows. If not, it is answered: 412, or 304.
    func shows(_ task: TaskRecord, to request: IncomingMessage) -> Bool {
        let condition = request.precondition
        guard condition.required.contains(task.revision) else {
            end(TaskError.preconditionFailed(task.id))
            return false
        }
        setTag(of: task)
        guard condition.excluded.contains(task.revision) else { return true }
        status = .notModified
        end()
        return false
    }

    /// Sets `ETag` to the tag of the state that `task` has: `"7"`.
    func setTag(of task: TaskRecord) {
        setHeaders(Self.tag, room: 20) { $0.append(decimal: task.revision) }
    }

    private static let tag = FieldTemplate(.eTag, ("\"", "\""))

    /// Sets `Location` to the path of the task of that id.
    func setLocation(of id: TaskID) {
        setHeaders(Self.location, room: TaskID.textLength) { id.write(to: &$0) }
    }

    private static let location = FieldTemplate(.location, ("/tasks/", ""))
}
