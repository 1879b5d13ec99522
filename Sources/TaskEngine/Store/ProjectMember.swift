/// A task of a project, in the order of projects and then of creation.
///
/// The project stands in it by its hash, so that a key is short; two of one hash lie among each other, and a walk is to ask
/// each task for its project.
struct ProjectMember: Sendable, Equatable {
    let project: Int
    let id: TaskID

    init(_ id: TaskID, of project: PlainText) { self.init(id, project: project.hashValue) }

    init(_ id: TaskID, project: Int) { (self.project, self.id) = (project, id) }
}

extension ProjectMember: Comparable {
    static func < (left: ProjectMember, right: ProjectMember) -> Bool {
        left.project == right.project ? left.id < right.id : left.project < right.project
    }
}
