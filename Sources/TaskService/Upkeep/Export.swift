import TaskEngine
import TaskStorage

/// Writes tasks as `GET /tasks/stream.ndjson` sends them, with what they carry, one piece in memory at a time.
struct Export {
    private let reader: StoreReader
    private let progress: Progress

    /// From how many bytes on a piece is written.
    private static let pieceSize = 32_768

    init(_ reader: StoreReader, _ progress: Progress) {
        self.reader = reader
        self.progress = progress
    }

    /// Writes all tasks, and returns how many there were.
    func write(to output: OutputFile) throws(UpkeepError) -> Int {
        var json = JSONText()
        var count = 0
        while let (task, bodies) = try reader.nextTask() {
            json.line(task, bodies)
            count += 1
            guard json.byteCount >= Self.pieceSize else { continue }
            try output.write(json.bytes)
            json.clear()
            progress.show("\(count) tasks")
        }
        try output.write(json.bytes)
        try output.finish()
        return count
    }
}

extension JSONText {
    /// Writes a task as a store with another history can have it.
    mutating func line(_ task: TaskRecord, _ bodies: TaskBodies) {
        if task.isPlain {
            self.task(task)
        } else {
            let task = task.withoutLease
            var view = TaskView(task: task, form: .brief, isAlone: true)
            view.bodies = bodies
            self.task(view)
            reopen()
            if task.work?.isEndedByQueue == true { member("endedByQueue", true) }
            endObject()
        }
        endLine()
    }
}

extension TaskRecord {
    /// The task as one that waits, if it is leased: a fence is the number of an event, and so of one history alone. Where
    /// its cancellation was asked for, that comes with the end of the lease.
    fileprivate var withoutLease: TaskRecord {
        guard var work, work.lease != nil else { return self }
        work.lease = nil
        var task = self
        if work.cancellation == nil {
            task.status = .pending
        } else {
            task.status = .failed
            work.finish(at: task.updatedAt)
        }
        task.work = work
        return task
    }
}
