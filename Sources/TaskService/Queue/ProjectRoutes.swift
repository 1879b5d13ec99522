import TaskEngine
import UVCore
import UVHTTP

/// Projects: how their tasks are worked on, and how many there are in each state.
@LoopActor
struct ProjectRoutes: ServerPart {
    let queue: WorkQueue

    /// How many are written in a piece of an answer.
    private static let portion = 50

    /// What the project of those tasks is called that have none.
    private static let noProject: StaticString = "~"

    func addRoutes(to router: Router, behind gates: Gates) {
        router.group("/projects", through: gates.members) { projects in
            projects.get("") { _, response in sendAll(response) }
            projects.get("/:name") { request, response in
                guard let name = name(of: request, response) else { return }
                guard isKnown(name) else {
                    return response.end(.projectNotFound, "There is no project of this name.")
                }
                response.endObject { write(name, to: &$0) }
            }
            projects.put("/:name") { request, response in
                request.collect { result in
                    guard case .success(let body) = result, let name = name(of: request, response) else { return }
                    set(name, body, response)
                }
            }
        }
    }

    /// The project that the path names, `.some(nil)` for none's; nil if it is no name, which is answered then.
    private func name(of request: IncomingMessage, _ response: ServerResponse) -> PlainText?? {
        let name = request.parameters.withBytes(of: "name") { bytes -> PlainText?? in
            if bytes.isSame(as: Self.noProject) { return .some(nil) }
            return bytes.isName(upTo: 64, "._-") ? .some(PlainText(bytes.text)) : nil
        }
        if let name, let name { return name }
        response.end(.projectNotFound, "A project has 1 to 64 of A-Z a-z 0-9 . _ -, or is ~.")
        return nil
    }

    private func isKnown(_ name: PlainText?) -> Bool {
        let store = queue.board.store
        return name == nil || store.settings(of: name) != nil || store.counts(of: name).total > 0
    }

    private func set(_ name: PlainText?, _ body: [UInt8], _ response: ServerResponse) {
        do throws(BodyError) {
            let change = try ProjectChange(json: body)
            queue.submit(.work(.setProject(name, change)), for: response) { outcome in
                if case .refused(let error) = outcome { return response.end(error) }
                response.endObject { write(name, to: &$0) }
            }
        } catch {
            response.end(error)
        }
    }

    /// Walks the names by a cursor: projects come and go meanwhile.
    private func sendAll(_ response: ServerResponse) {
        var cursor: PlainText?
        var isFirst = true
        TaskArray.send(response) { [queue] json in
            if isFirst {
                isFirst = false
                if queue.board.store.counts(of: nil).total > 0 || queue.board.store.settings(of: nil) != nil {
                    json.object { write(nil, to: &$0) }
                }
            }
            let names = queue.board.store.projects(after: cursor, limit: Self.portion)
            for name in names { json.object { write(name, to: &$0) } }
            cursor = names.last
            return names.count == Self.portion
        }
    }

    private func write(_ name: PlainText?, to json: inout JSONText) {
        let store = queue.board.store
        let settings = store.settings(of: name) ?? ProjectSettings()
        let counts = store.counts(of: name)
        json.project(name, settings)
        json.member("counts") { json in
            for state in TaskState.allCases { json.member(named: state.rawValue, counts[state]) }
        }
        json.member("inFlight", counts[.running])
        json.member("waitingSince", queue.board.nextSince(in: name))
    }
}

extension JSONText {
    /// Writes the members of a project's settings; what is null is the standard.
    mutating func project(_ name: PlainText?, _ settings: ProjectSettings) {
        member("name", name?.text ?? "~")
        member("paused", settings.isPaused)
        if let limit = settings.maxRunning { member("maxRunning", limit) } else { memberNull("maxRunning") }
        member("lease", seconds: settings.lease)
        if let count = settings.maxAttempts { member("maxAttempts", count) } else { memberNull("maxAttempts") }
        if let retry = settings.retry { self.retry(retry) } else { memberNull("retry") }
        member("timeout", seconds: settings.timeout)
    }
}
