import TaskEngine
import TaskStorage
import UVCore

/// Fills an empty store with the tasks of an export's lines, one line in memory at a time.
struct Import {
    private let input: InputFile
    private let progress: Progress

    init(_ input: InputFile, _ progress: Progress) {
        self.input = input
        self.progress = progress
    }

    /// Makes a store of all lines, and returns how many tasks it has. When a line is wrong, nothing is kept.
    func fill(_ path: String) throws(UpkeepError) -> Int {
        // What cannot be read is told before a file is made.
        var piece = try input.read()
        let store = try StoreImport(path, at: Timestamp(milliseconds: SystemTime.milliseconds()))
        var lines = LineCutter()
        while !piece.isEmpty {
            lines.append(piece)
            while let line = try lines.nextLine() { try add(line, to: store) }
            progress.show("\(store.count) tasks")
            piece = try input.read()
        }
        if let line = lines.last() { try add(line, to: store) }
        try store.finish()
        return store.count
    }

    private func add(_ line: LineCutter.Line, to store: StoreImport) throws(UpkeepError) {
        guard !line.isBlank else { return }
        let read: TaskLine
        do throws(LineError) {
            read = try TaskLine(line.bytes)
        } catch {
            throw .wrong(line.number, error.message)
        }
        switch try store.add(read.task, read.bodies) {
        case nil: break
        case .id: throw .wrong(line.number, "there is another task with the id \(read.task.id)")
        case .uniqueKey(let holder): throw .wrong(line.number, "\(holder) has the unique key already")
        }
    }
}

extension LineCutter {
    fileprivate mutating func nextLine() throws(UpkeepError) -> Line? {
        do throws(TooLong) {
            return try next()
        } catch {
            throw .wrong(error.number, "it has more than \(Self.limit) bytes")
        }
    }
}

extension UpkeepError {
    fileprivate static func wrong(_ line: Int, _ reason: String) -> UpkeepError {
        .failed("line \(line): \(reason). Nothing was imported")
    }
}
