import TaskEngine
import UVCore

/// Forgets which tasks were deleted that others needed.
///
/// Rows that are older than such a deletion name the task still, and a server that reads the store takes it out of them by
/// ``RedisKeys/gone``. So these rows are written anew first, without it. What is written to any row meanwhile is behind all
/// deletions that are looked at, and names none of them: so in the end no row does.
@LoopActor
final class RedisSweep {
    private let session: RedisSession
    private let member: RedisMember
    private var keys: RedisKeys { session.keys }
    private let done: () -> Void

    private var deletions: [TaskID: Int] = [:]
    /// Scripts on the way that write rows anew.
    private var rewriting = 0
    /// Whether all rows were looked at.
    private var isLooked = false
    /// Whether every row was written that had to be.
    private var isComplete = true

    private static let portion = 1_000

    init(_ session: RedisSession, _ member: RedisMember, _ done: @escaping () -> Void) {
        self.session = session
        self.member = member
        self.done = done
    }

    /// Begins, if the deletions are so many that it is worth while to look at all tasks for them: each deletion pays for the
    /// look at a few.
    ///
    /// - Parameter least: How many there are at least.
    func begin(least: Int) {
        session.connection.send(RedisCommand("HLEN", keys.gone)) { [self] result in
            guard case .success(.integer(let gone)) = result, gone >= least else { return done() }
            session.connection.send(RedisCommand("HLEN", keys.tasks)) { [self] result in
                guard case .success(.integer(let tasks)) = result, gone >= tasks / 8 else { return done() }
                readDeletions()
            }
        }
    }

    private func readDeletions() {
        scan(keys.gone) { [self] rows in
            for row in rows {
                guard let id = TaskID(bytes: row.field),
                    let sequence = DecimalNumber.read(row.value).flatMap({ Int(exactly: $0) })
                else { return false }
                deletions[id] = sequence
            }
            return true
        } then: { [self] in
            rewriteRows()
        }
    }

    private func rewriteRows() {
        scan(keys.tasks) { [self] rows in
            var command = RedisCommand(of: member)
            var isNeeded = false
            for row in rows {
                guard let former = RedisTask(compact: row.value) else { return false }
                guard let other = former.without(deletions) else { continue }
                isNeeded = true
                for word in [row.field, row.value, other.compact] { command.append(word) }
            }
            if isNeeded { rewrite(by: command) }
            return true
        } then: { [self] in
            isLooked = true
            conclude()
        }
    }

    private func rewrite(by command: RedisCommand) {
        rewriting += 1
        session.run(.rewrite, command) { [self] result in
            rewriting -= 1
            if case .success(let returned) = result, returned.verdict == .kept {} else { isComplete = false }
            conclude()
        }
    }

    private func conclude() {
        guard isLooked, rewriting == 0 else { return }
        if isComplete { forget(Array(deletions.keys)[...]) } else { done() }
    }

    private func forget(_ ids: ArraySlice<TaskID>) {
        guard !ids.isEmpty else { return done() }
        var command = RedisCommand(of: member)
        for id in ids.prefix(Self.portion) { command.append(id.bytes) }
        session.run(.absolve, command) { [self] result in
            guard case .success(let returned) = result, returned.verdict == .kept else { return done() }
            forget(ids.dropFirst(Self.portion))
        }
    }

    private func scan(
        _ key: String, _ take: @escaping ([(field: [UInt8], value: [UInt8])]) -> Bool, then next: @escaping () -> Void
    ) {
        session.scan(key, Self.portion) { [self] result in
            switch result {
            case .success(let rows?) where take(rows): return true
            case .success(nil): next()
            // It is tried again with the next pruning.
            case .success, .failure: done()
            }
            return false
        }
    }
}

extension RedisTask {
    /// The row behind the last deletion of a task that it names; nil if none was deleted since it was written.
    func without(_ deletions: [TaskID: Int]) -> RedisTask? {
        let last = task.dependencies.compactMap { id in deletions[id] }.filter { $0 > sequence }.max()
        guard let last else { return nil }
        var task = task
        task.dependencies.removeAll { id in deletions[id].map { $0 > sequence } ?? false }
        task.revision = last
        return RedisTask(task, at: last)
    }
}
