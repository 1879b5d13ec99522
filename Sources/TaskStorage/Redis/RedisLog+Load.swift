import TaskEngine
import UVCore

extension RedisLog {
    public func load(_ done: @escaping (Result<LogStart, LogError>) -> Void) {
        read { [weak self] result in
            if case .success = result { self?.beginPruning() }
            done(result)
        }
    }

    /// Reads all rows, a portion behind the other: the loop goes on meanwhile. What is written meanwhile is read behind them.
    func read(tries: Int = 3, _ done: @escaping (Result<LogStart, LogError>) -> Void) {
        guard case .reading(let session, let member) = state else {
            return done(.failure(.refused(trouble ?? "\(address) is not open")))
        }
        RedisLoad(session, member) { [weak self] result in
            guard let self, connected?.session === session else {
                return done(.failure(.refused("the connection to Redis was lost")))
            }
            switch result {
            case .success(let (start, end)):
                begin(session, member, at: end) { done(.success(start)) }
            case .failure(.overtaken) where tries > 1: read(tries: tries - 1, done)
            case .failure(.overtaken): done(.failure(.refused("\(address) loses its events while it is read")))
            case .failure(.failed(let message)):
                done(.failure(.refused("cannot use the store on Redis: \(message)")))
            }
        }.begin()
    }
}

/// Why a store could not be read.
private enum RedisLoadError: Error {
    /// What was written meanwhile is gone already.
    case overtaken
    case failed(String)
}

/// Reads a store, and says where it ends: bodies, tasks, projects, what was deleted, what was done under keys, and then the
/// events that came while all that was read.
@LoopActor
private final class RedisLoad {
    typealias Done = (Result<(LogStart, RedisEnd), RedisLoadError>) -> Void

    private let session: RedisSession
    private let member: RedisMember
    private var keys: RedisKeys { session.keys }
    private let done: Done
    /// Where the log ended when the reading began, and how far it was read since.
    private var end: RedisEnd?

    private var loader = TaskStore.Loader()
    /// Those of tasks whose rows have not come yet.
    private var bodies: [TaskID: TaskBodies] = [:]
    private var keyed = KeyedChanges()

    private static let portion = 1_000

    init(_ session: RedisSession, _ member: RedisMember, _ done: @escaping Done) {
        self.session = session
        self.member = member
        self.done = done
    }

    /// Events behind the end of now are kept until they are read.
    func begin() {
        readEnd { [self] end in
            self.end = end
            let mark = RedisCommand("HSET", keys.loading, "\(member.server)", "\(end.position.sequence)")
            session.connection.send(mark) { _ in }
            session.connection.send(RedisCommand("EXPIRE", keys.loading, "600")) { _ in }
            readBodies()
        }
    }

    private func readEnd(_ take: @escaping (RedisEnd) -> Void) {
        session.connection.send(RedisCommand("HMGET", keys.end, "epoch", "seq", "append", "last")) { [self] result in
            guard case .success(let reply) = result, let words = reply.array?.compactMap(\.bytes),
                let end = try? RedisEnd(words)
            else { return fail("its end: \(result.trouble)") }
            take(end)
        }
    }

    private func readBodies() {
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
        guard let sequence = end?.position.sequence else { return }
        let command = RedisCommand("XRANGE", keys.keyed, id, "\(sequence)-0", "COUNT", "\(Self.portion)")
        session.connection.send(command) { [self] result in
            switch RedisStream.values(result, KeyedChange.self) {
            case .failure(let error): fail(error.message)
            case .success(let entries):
                for entry in entries { keyed.add(entry.value) }
                guard let last = entries.last, entries.count == Self.portion else { return readEnd(readEvents) }
                readKeyed(after: "(\(last.sequence)-0")
            }
        }
    }

    /// Reads what has come since the reading began, up to `last` at least: no row is newer.
    private func readEvents(upTo last: RedisEnd) {
        guard let end else { return }
        guard end.position.epoch == last.position.epoch else { return done(.failure(.overtaken)) }
        if end.position.sequence >= last.position.sequence { return finish(at: end) }
        let command = RedisCommand(
            "XRANGE", keys.events, "\(end.position.sequence)-0", "\(last.position.sequence)-0", "COUNT",
            "\(Self.portion)")
        session.connection.send(command) { [self] result in
            guard case .success(let reply) = result, let entries = RedisStream.entries(reply) else {
                return fail(result.trouble)
            }
            switch RedisReading(entries, behind: end) {
            case .events(let events, _, let reached) where !events.isEmpty:
                for event in events {
                    loader.add(event)
                    keyed.apply(event)
                }
                self.end = reached
                readEvents(upTo: last)
            case .damaged: fail("an event cannot be read")
            case .events, .lost, .gone: done(.failure(.overtaken))
            }
        }
    }

    /// Without the mark what it has read may not go together: deletions were forgotten whose tasks older rows name.
    private func finish(at end: RedisEnd) {
        session.connection.send(RedisCommand("HDEL", keys.loading, "\(member.server)")) { [self] result in
            guard case .success(.integer(1)) = result else { return done(.failure(.overtaken)) }
            make(at: end)
        }
    }

    private func make(at end: RedisEnd) {
        do throws(LoadError) {
            let store = try loader.finish(at: end.position.sequence, lastID: end.lastID)
            done(.success((LogStart(store: store, position: end.position, keyed: keyed), end)))
        } catch {
            fail("its tasks do not follow from its events: \(error)")
        }
    }

    private func fail(_ message: String) { done(.failure(.failed(message))) }

    /// Gives `take` all of a hash; a field may come twice. It returns false for what it cannot read.
    private func scan(
        _ key: String, _ take: @escaping ([UInt8], [UInt8]) -> Bool, then next: @escaping () -> Void
    ) {
        session.scan(key, Self.portion) { [self] rows in
            switch rows {
            case .success(let rows):
                if let rows { return rows.allSatisfy(take) ? true : giveUp(key) }
                next()
            case .failure(let error): fail("\(key): \(error.message)")
            }
            return false
        }
    }

    private func giveUp(_ key: String) -> Bool {
        fail("a row of \(key) cannot be read")
        return false
    }
}
