import TaskEngine
import UVCore

extension RedisLog {
    /// Reads all rows, a portion behind the other: the loop goes on meanwhile.
    public func load(_ done: @escaping (Result<LogStart, LogError>) -> Void) {
        guard let (session, hold) = held else { return done(.failure(.refused("\(address) is not open"))) }
        RedisLoad(session, RedisKeys(address.name), hold) { [weak self] result in
            if case .success = result { self?.beginPruning() }
            done(result)
        }.begin()
    }
}

/// Reads a store: bodies, tasks, projects, what was deleted, what was done under keys.
@LoopActor
private final class RedisLoad {
    private let session: RedisSession
    private let keys: RedisKeys
    private let hold: RedisHold
    private let done: (Result<LogStart, LogError>) -> Void

    private var loader = TaskStore.Loader()
    /// Those of tasks whose rows have not come yet.
    private var bodies: [TaskID: TaskBodies] = [:]
    private var keyed = KeyedChanges()

    private static let portion = 1_000

    init(
        _ session: RedisSession, _ keys: RedisKeys, _ hold: RedisHold,
        _ done: @escaping (Result<LogStart, LogError>) -> Void
    ) {
        self.session = session
        self.keys = keys
        self.hold = hold
        self.done = done
    }

    func begin() {
        scan(keys.bodies) { [self] field, value in
            guard let id = TaskID(bytes: field.dropLast()), let kind = field.last else { return false }
            let body = JSONBody(checked: value)
            switch kind {
            case UInt8(ascii: "p"): bodies[id, default: TaskBodies()].payload = body
            case UInt8(ascii: "r"): bodies[id, default: TaskBodies()].result = body
            default: return false
            }
            return true
        } then: { [self] in
            readTasks()
        }
    }

    private func readTasks() {
        scan(keys.tasks) { [self] field, value in
            guard let row = RedisTask(compact: value), TaskID(bytes: field) == row.task.id else { return false }
            loader.add(row.task, at: row.sequence, bodies: bodies.removeValue(forKey: row.task.id) ?? TaskBodies())
            return true
        } then: { [self] in
            readProjects()
        }
    }

    private func readProjects() {
        scan(keys.projects) { [self] field, value in
            guard let name = RedisRows.project(field), let settings = ProjectSettings(compact: value) else {
                return false
            }
            loader.add(name, settings)
            return true
        } then: { [self] in
            readDeletions()
        }
    }

    /// What was deleted is taken out of the rows that are older.
    private func readDeletions() {
        scan(keys.gone) { [self] field, value in
            guard let id = TaskID(bytes: field), let sequence = DecimalNumber.read(value).flatMap({ Int(exactly: $0) })
            else {
                return false
            }
            let deletion = TaskEvent(
                .deleted(id), sequence: sequence, requestID: "", timestamp: Timestamp(milliseconds: 0))
            loader.add(deletion)
            return true
        } then: { [self] in
            readKeyed(after: "-")
        }
    }

    private func readKeyed(after id: String) {
        let command = RedisCommand("XRANGE", keys.keyed, id, "+", "COUNT", "\(Self.portion)")
        session.connection.send(command) { [self] result in
            switch RedisStream.entries(result, KeyedChange.self, named: "k") {
            case .failure(let error): fail(error.message)
            case .success(let entries):
                for entry in entries { keyed.add(entry.value) }
                guard let last = entries.last, entries.count == Self.portion else { return finish() }
                readKeyed(after: "(\(last.sequence)-0")
            }
        }
    }

    private func finish() {
        do throws(LoadError) {
            let store = try loader.finish(at: hold.position.sequence, lastID: hold.lastID)
            done(.success(LogStart(store: store, position: hold.position, keyed: keyed)))
        } catch {
            fail("its tasks do not follow from its events: \(error)")
        }
    }

    private func fail(_ message: String) {
        done(.failure(.refused("cannot use the store on Redis: \(message)")))
    }

    /// Gives `take` all of a hash; a field may come twice. It returns false for what it cannot read.
    private func scan(
        _ key: String, from cursor: UInt64 = 0, _ take: @escaping ([UInt8], [UInt8]) -> Bool,
        then next: @escaping () -> Void
    ) {
        session.connection.send(RedisCommand("HSCAN", key, "\(cursor)", "COUNT", "\(Self.portion)")) { [self] result in
            guard case .success(let reply) = result, let parts = reply.array, parts.count == 2,
                let cursor = parts[0].bytes.flatMap({ DecimalNumber.read($0) }), let words = parts[1].array,
                words.count.isMultiple(of: 2)
            else { return fail("\(key): \(result.trouble)") }
            for index in stride(from: 0, to: words.count, by: 2) {
                guard let field = words[index].bytes, let value = words[index + 1].bytes, take(field, value) else {
                    return fail("a row of \(key) cannot be read")
                }
            }
            if cursor == 0 { next() } else { scan(key, from: cursor, take, then: next) }
        }
    }
}
