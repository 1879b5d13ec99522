import TaskEngine
import UVCore

/// How the log comes to have the store, and comes to have it again.
extension RedisLog {
    /// Connects and takes the store, unless another server uses it.
    public func open(_ done: @escaping (Result<Void, LogError>) -> Void) { open(tries: 8, done) }

    /// A server that was killed has let go of the store a few seconds later.
    private func open(tries: Int, _ done: @escaping (Result<Void, LogError>) -> Void) {
        connect { [self] result in
            switch result {
            case .success(.taken(let hold)):
                self.hold = hold
                lookAtSettings { done(.success(())) }
            case .success(.held) where tries > 1:
                loop.wait(.milliseconds(500)) { [self] in open(tries: tries - 1, done) }
            case .success(.held): done(.failure(.refused("\(address) is in use by another server")))
            case .failure(let error): done(.failure(.refused("cannot use \(address): \(error.message)")))
            }
        }
    }

    private enum Taking {
        case taken(Hold)
        case held
    }

    /// Makes a connection, and takes the store on it.
    private func connect(_ done: @escaping (Result<Taking, RedisError>) -> Void) {
        session?.connection.close()
        session = nil
        do throws(RedisError) {
            var made: RedisSession?
            made = try RedisSession(to: address) { [weak self] result in
                guard let self, let session = made.take(), !isClosed else { return }
                switch result {
                case .success: take(on: session, done)
                case .failure(let error):
                    session.connection.close()
                    done(.failure(error))
                }
            }
        } catch {
            done(.failure(error))
        }
    }

    private func take(on session: RedisSession, _ done: @escaping (Result<Taking, RedisError>) -> Void) {
        let arguments = RedisCommand(name, "\(Self.holdLimit)", "\(LogEpoch.random().number)")
        session.run(.take, arguments) { [weak self] result in
            guard let self, !isClosed else { return session.connection.close() }
            let taking = result.flatMap { Self.taking($0) }
            if case .success(.taken) = taking {
                self.session = session
                session.connection.onLost = { [weak self] error in self?.lose(error.message) }
                sayHeld()
            } else {
                session.connection.close()
            }
            done(taking)
        }
    }

    private static func taking(_ returned: RedisReturn) -> Result<Taking, RedisError> {
        let words = returned.words
        switch returned.verdict {
        case .held: return .success(.held)
        case .form: return .failure(.refused("a newer taskflow has written it"))
        default: break
        }
        guard words.count == 5, let epoch = DecimalNumber.read(words[1]),
            let sequence = DecimalNumber.read(words[2]).flatMap({ Int(exactly: $0) }),
            let append = DecimalNumber.read(words[3])
        else { return .failure(.protocol("the end of the log cannot be read")) }
        let lastID = TaskID(String(decoding: words[4], as: UTF8.self))
        if lastID == nil, !words[4].isEmpty { return .failure(.protocol("the last id cannot be read")) }
        let position = LogPosition(epoch: LogEpoch(number: epoch), sequence: sequence, append: append)
        let generation = String(decoding: words[0], as: UTF8.self)
        return .success(.taken(Hold(generation: generation, position: position, lastID: lastID)))
    }

    /// Says each second that the store is in use.
    private func sayHeld() {
        guard clock == nil else { return }
        clock = loop.wait(.seconds(1), repeats: true) { [weak self] in
            guard let self, let session, !isTroubled else { return }
            session.run(.hold, RedisCommand(name, "\(Self.holdLimit)")) { _ in }
        }.unref()
    }
}

// MARK: - A lost connection

extension RedisLog {
    /// Nothing is appended until the store was taken again. What became of the append that is under way is found out then.
    func lose(_ message: String) {
        guard !isClosed, hold != nil else { return }
        session.take()?.connection.close()
        trouble = message
        // A connection that breaks is told by each command that it owes a reply, too.
        guard !isComingBack else { return }
        isComingBack = true
        comeBack(after: .milliseconds(100))
    }

    private func comeBack(after delay: Duration) {
        loop.wait(delay) { [weak self] in self?.comeBack() }.unref()
    }

    private func comeBack() {
        guard !isClosed else { return }
        connect { [self] result in
            switch result {
            case .success(let taking):
                isComingBack = false
                switch taking {
                case .taken(let hold): resume(hold)
                case .held: end(.refused(settle("another server has taken \(address)")))
                }
            case .failure(let error):
                trouble = error.message
                comeBack(after: .seconds(1))
            }
        }
    }

    /// From the new generation on no script of before is kept, so the end of the log says what became of the append.
    private func resume(_ taken: Hold) {
        guard let former = hold else { return }
        let late = late.take()
        hold = taken
        if let underWay, taken.position == underWay.end {
            trouble = nil
            end(.kept)
        } else if taken.position == former.position {
            trouble = nil
            end(.refused("the connection to Redis was lost"))
        } else if let late, taken.position == late.end {
            trouble = nil
            onOutcome?(.behind(late.events, late.end))
        } else {
            forget(taken, former.position.sequence)
        }
    }

    /// Nothing helps but another start; that is told, also where there was trouble before.
    private func settle(_ message: String) -> String {
        trouble = nil
        trouble = message
        return message
    }

    /// Redis has lost events that were kept: what it has now is another history.
    private func forget(_ taken: Hold, _ known: Int) {
        end(.refused(settle("Redis has lost events of \(address) that it had kept: start the server again")))
        let beginning = LogPosition.nextBeginning(after: max(known, taken.position.sequence))
        session?.run(.forget, RedisCommand(taken.generation, "\(LogEpoch.random().number)", "\(beginning)")) { _ in }
    }
}
