import DequeModule
import TaskEngine
import UVCore

/// Notes that servers leave for each other in Redis, by scripts on the connection of the appends.
///
/// ```
///   write ──▶ waiting ──▶ sent ──▶ kept          An open note is held until another one takes its place:
///                ▲                  │            it names the number of its server, which may get another
///                └── another connection ◀───     with another connection.
/// ```
///
/// Some are on the way at a time, so that appends stand behind few of them, and so that none pile up while Redis is slow.
@LoopActor
final class RedisNotes: SharedNotes {
    /// How many may be on the way.
    static let limit = 16

    /// What is to become of a note.
    private struct Change {
        /// Nil: it is to be removed.
        let note: SharedNote?
        /// By which it is told from the ones before of the same note.
        let number: Int
        var step = Step.waiting
        /// Whether Redis may have the note, or one before.
        var mayBeThere: Bool
    }

    private enum Step {
        case waiting, sent, kept
    }

    private var changes: [TaskID: Change] = [:]
    /// Those that wait, in their order.
    private var waiting = Deque<TaskID>()
    private var sentCount = 0
    private var changeCount = 0
    /// What they are sent on, while it is there.
    private weak var session: RedisSession?
    private var member: RedisMember?
    /// While Redis has refused a note: ends the wait until the next attempt.
    private var rest: Timeout?

    /// How many notes are held: those that are open, on the way or waiting.
    var count: Int { changes.count }

    func write(_ note: SharedNote, under id: TaskID) {
        change(id, to: note, mayBeThere: changes[id]?.mayBeThere ?? false)
    }

    func remove(_ id: TaskID) {
        // What was settled is held no more, and is there.
        if changes[id].map(\.mayBeThere) ?? true, session != nil {
            change(id, to: nil, mayBeThere: true)
        } else {
            forget(id)
        }
    }

    func read(_ id: TaskID, _ done: @escaping (Result<[UInt8]?, LogError>) -> Void) {
        guard let session, var command = member.map({ RedisCommand(of: $0) }) else {
            return done(.failure(.refused("Redis is not there")))
        }
        command.append(session.keys.note(of: id))
        session.run(.readNote, command) { result in
            switch result {
            case .success(let returned) where returned.verdict == .kept: done(.success(returned.words.first))
            case .success: done(.failure(.refused("other servers have taken this one for dead")))
            case .failure(let error): done(.failure(.refused(error.message)))
            }
        }
    }
}

// MARK: - Connections

extension RedisNotes {
    /// Writes on that connection from now on, and once more what may not have come to be, or is open.
    func use(_ session: RedisSession, _ member: RedisMember) {
        guard self.session !== session else { return }
        (self.session, self.member, sentCount) = (session, member, 0)
        waiting.removeAll()
        for id in changes.keys.sorted() {
            changes[id]?.step = .waiting
            waiting.append(id)
        }
        send()
    }

    /// The connection was lost.
    func pause() {
        (session, member) = (nil, nil)
        rest?.cancel()
        rest = nil
        // They are gone by themselves in time.
        for (id, change) in changes where change.note == nil { changes[id] = nil }
    }
}

// MARK: - Sending

extension RedisNotes {
    private func change(_ id: TaskID, to note: SharedNote?, mayBeThere: Bool) {
        changeCount += 1
        let change = Change(note: note, number: changeCount, mayBeThere: mayBeThere)
        let isWaiting = changes.updateValue(change, forKey: id)?.step == .waiting
        guard session != nil else { return }
        if !isWaiting { waiting.append(id) }
        send()
    }

    private func forget(_ id: TaskID) {
        guard changes.removeValue(forKey: id)?.step == .waiting else { return }
        waiting.removeAll { $0 == id }
    }

    private func send() {
        while sentCount < Self.limit, case nil = rest, let session, let member, let id = waiting.popFirst() {
            guard let change = changes[id] else { continue }
            changes[id]?.step = .sent
            changes[id]?.mayBeThere = true
            sentCount += 1
            let command = Self.command(change.note, session.keys.note(of: id), member)
            session.run(.writeNote, command) { [weak self] result in
                guard let self, self.session === session else { return }
                sentCount -= 1
                hear(result, of: change.number, id)
            }
        }
    }

    private func hear(_ result: Result<RedisReturn, RedisError>, of number: Int, _ id: TaskID) {
        switch result {
        case .success(let returned):
            if returned.verdict == .kept { settle(number, id) }
            send()
        case .failure(.refused):
            if changes[id]?.number == number {
                changes[id]?.step = .waiting
                waiting.append(id)
            }
            guard case nil = rest else { return }
            rest = EventLoop.current.wait(.seconds(1)) { [weak self] in
                self?.rest = nil
                self?.send()
            }.unref()
        // All is sent again on the next one.
        case .failure: break
        }
    }

    private static func command(_ note: SharedNote?, _ key: String, _ member: RedisMember) -> RedisCommand {
        var command = RedisCommand(of: member)
        command.append(key)
        command.append(note?.text ?? [])
        command.append(note?.lastText ?? [])
        command.append("\(SharedNote.life.wholeNanoseconds / 1_000_000)")
        return command
    }

    /// The note is as it was to be, unless it was changed meanwhile.
    private func settle(_ number: Int, _ id: TaskID) {
        guard let change = changes[id], change.number == number else { return }
        if change.note?.isOpen == true { changes[id]?.step = .kept } else { changes[id] = nil }
    }
}
