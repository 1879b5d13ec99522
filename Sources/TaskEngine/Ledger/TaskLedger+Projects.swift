/// The settings of projects.
extension TaskLedger {
    /// How many projects may have settings.
    package static let maxProjects = 10_000

    /// - Throws: `.queueFull` if it would be one more project with settings than there may be.
    mutating func configured(
        _ name: PlainText?, _ change: ProjectChange, _ draft: inout Draft
    ) throws(TaskError) -> Decision.Outcome {
        draft.note(isInFlight: overlay.projects[name] != nil)
        let former = self.settings(of: name)
        let settings = former.changed(by: change)
        guard settings != former else { return .project(settings) }
        if former == ProjectSettings(), !hasRoomForProject { throw .queueFull }
        tell(.project(name, settings), former: nil, nil, in: &draft)
        lanes.configure(name, settings)
        return .project(settings)
    }

    /// Whether one more project may have settings.
    ///
    /// - Complexity: O(1), and O(projects whose change is in flight) where few more may.
    private var hasRoomForProject: Bool {
        let changed = overlay.projects
        guard store.configuredProjects + changed.count >= Self.maxProjects else { return true }
        let more = changed.keys.count { store.settings(of: $0) == nil && changed[$0] != ProjectSettings() }
        let fewer = changed.keys.count { store.settings(of: $0) != nil && changed[$0] == ProjectSettings() }
        return store.configuredProjects + more - fewer < Self.maxProjects
    }
}
