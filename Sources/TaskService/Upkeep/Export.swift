import TaskEngine
import TaskStorage

/// Writes tasks as `GET /tasks/stream.ndjson` sends them, one piece in memory at a time.
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
        while let (task, _) = try reader.nextTask() {
            json.task(task)
            json.endLine()
            count += 1
            guard json.bytes.count >= Self.pieceSize else { continue }
            try output.write(json.bytes)
            json.clear()
            progress.show("\(count) tasks")
        }
        try output.write(json.bytes)
        try output.finish()
        return count
    }
}
