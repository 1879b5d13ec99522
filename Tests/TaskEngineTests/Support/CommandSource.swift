import SeededRandom
import TaskEngine

/// Random commands on a few hundred tasks, some of them senseless: about tasks that were deleted, with revisions that
/// are out of date, changing nothing.
struct CommandSource {
    private var random: SeededGenerator
    private var generator = TaskIDGenerator()
    private var known: [TaskID] = []
    private var clock: Int64 = 0
    private let size: Int

    init(seed: UInt64, size: Int = 200) {
        random = SeededGenerator(seed: seed)
        self.size = size
    }

    mutating func next() throws -> TaskCommand {
        clock += Int64.random(in: -1...3, using: &random)
        return TaskCommand(try action(), at: clock)
    }

    private mutating func action() throws -> TaskCommand.Action {
        let kind = Int.random(in: 0..<10, using: &random)
        if known.isEmpty || kind < 3 {
            let id = generator.next(at: Timestamp(milliseconds: clock), random: random.next())
            known.append(id)
            if known.count > size { known.swapAt(Int.random(in: 0..<size, using: &random), size) }
            return .create(id, try fields(title: random.once(in: 30) ? nil : "Task \(clock)"))
        }
        let isDeletion = kind < 5 || known.count > size
        let place = isDeletion && known.count > size ? known.count - 1 : known.indices.randomElement(using: &random)
        let id = known[place ?? 0]
        if isDeletion {
            if !random.once(in: 8) { known.removeAll { $0 == id } }
            return .delete(id, expecting: expected())
        }
        return .update(id, try fields(title: random.once(in: 4) ? "Title \(clock % 7)" : nil), expecting: expected())
    }

    private mutating func fields(title: String?) throws -> TaskFields {
        let needed = (0..<Int.random(in: 0...3, using: &random)).compactMap { _ in known.randomElement(using: &random) }
        return try TaskFields(
            title: title,
            status: random.once(in: 3) ? TaskStatus.allCases.randomElement(using: &random) : nil,
            priority: random.once(in: 2) ? Int.random(in: -3...3, using: &random) : nil,
            needs: random.once(in: 2) ? needed : nil,
            project: random.once(in: 5) ? [nil, "red", "blue"].randomElement(using: &random) : nil)
    }

    private mutating func expected() -> Precondition {
        random.once(in: 10) ? Precondition(required: .listed([Int.random(in: 0...1000, using: &random)])) : .none
    }
}
