import TaskEngine
import UVCore

extension JSONText {
    /// Writes a piece of the array of those tasks, each as it is now; what is gone, or no longer admitted, is left
    /// out. Returns whether there is more, from `position` on.
    @LoopActor
    mutating func tasks<IDs: RandomAccessCollection<TaskID>>(
        _ ids: IDs, from position: inout Int, of queue: WorkQueue, _ form: TaskView.Form = .brief,
        where admits: (TaskRecord, TaskStore) -> Bool = { _, _ in true }
    ) -> Bool where IDs.Index == Int {
        let store = queue.board.store
        var looks = StepQueue.looks
        while position < ids.count, bytes.count < TaskArray.pieceSize, looks > 0 {
            if let task = store[ids[position]], admits(task, store) { queue.write(task, form, to: &self) }
            position += 1
            looks -= 1
        }
        return position < ids.count
    }
}
