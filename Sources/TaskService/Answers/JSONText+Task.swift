import TaskEngine
import UVCore

extension JSONText {
    /// Writes `task` as clients see it. Room for all of it is made once.
    mutating func task(_ task: TaskRecord) {
        let (title, description, project) = (task.title, task.description, task.project)
        let dependencies = task.dependencies
        let texts = title.roomAsJSON + description.roomAsJSON + (project?.roomAsJSON ?? 4)
        value(room: Self.taskRoom + texts + dependencies.count * (TaskID.textLength + 3)) { output, times in
            output.append(#"{"id":"#)
            output.append(quoted: task.id)
            output.append(#","title":"#)
            output.append(json: title.utf8.span.bytes)
            output.append(#","description":"#)
            output.append(json: description.utf8.span.bytes)
            output.append(#","status":"#)
            output.append(quoted: task.status.rawValue.utf8.span.bytes)
            output.append(#","priority":"#)
            output.append(decimal: task.priority)
            output.append(#","dependencies":["#)
            for index in dependencies.indices {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                output.append(quoted: dependencies[index])
            }
            output.append(#"],"project":"#)
            if let project { output.append(json: project.utf8.span.bytes) } else { output.append("null") }
            output.append(#","createdAt":""#)
            times.write(task.createdAt, to: &output)
            output.append(#"","updatedAt":""#)
            times.write(task.updatedAt, to: &output)
            output.append(#""}"#)
        }
    }

    /// How many bytes a task has at most without its texts and its list: the names, an id, a status, a number, two times.
    private static let taskRoom = 300
}

extension String {
    /// How many bytes it has at most as a string of JSON.
    var roomAsJSON: Int { utf8.span.bytes.roomAsJSON }
}
