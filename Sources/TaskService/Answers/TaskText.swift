import TaskEngine
import UVCore

/// The JSON of the task that a change has made: written once, for the answer and for those that hear of it.
///
/// It holds the last one alone, in memory that the next is written into.
@LoopActor
final class TaskText {
    // Unchecked for exclusive access: nothing is called while they change.
    @exclusivity(unchecked) private(set) var json = JSONText()
    /// Which state of which task was written. No other has its id and revision.
    @exclusivity(unchecked) private var written: (id: TaskID, revision: Int)?

    /// Gives the JSON of `task` to `use`.
    func with(_ task: TaskRecord, _ use: (RawSpan) -> Void) {
        if written == nil || written?.id != task.id || written?.revision != task.revision {
            json.clear()
            json.task(task)
            written = (task.id, task.revision)
        }
        // Kept meanwhile, whatever is called.
        let json = json
        json.withBytes(use)
    }
}
