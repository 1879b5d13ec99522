import SeededRandom
import TaskEngine

extension SeededGenerator {
    /// A command on one of `last` tasks, some of which are gone, or a new one.
    mutating func action(_ last: inout Int) throws -> TaskCommand.Action {
        let needs = (0..<Int.random(in: 0...3, using: &self)).map { _ in
            TaskID.test(Int.random(in: 1...max(last, 1), using: &self))
        }
        switch Int.random(in: 0..<10, using: &self) {
        case 0..<4:
            last += 1
            return .create(
                .test(last), try TaskFields(title: "task \(last)", needs: needs, project: last % 3 == 0 ? "red" : nil))
        case 4..<6: return .delete(.test(Int.random(in: 1...max(last, 1), using: &self)))
        case 6..<8:
            return .update(.test(Int.random(in: 1...max(last, 1), using: &self)), try TaskFields(needs: needs))
        default:
            let status = TaskStatus.allCases.randomElement(using: &self)
            return .update(
                .test(Int.random(in: 1...max(last, 1), using: &self)),
                try TaskFields(status: status, priority: Int.random(in: -2...2, using: &self)))
        }
    }

    /// Commands in batches of random size.
    mutating func batches() throws -> [[TaskCommand.Action]] {
        var last = 0
        var batches: [[TaskCommand.Action]] = []
        for _ in 0..<60 {
            var batch: [TaskCommand.Action] = []
            for _ in 0..<Int.random(in: 1...12, using: &self) { batch.append(try action(&last)) }
            batches.append(batch)
        }
        return batches
    }
}
