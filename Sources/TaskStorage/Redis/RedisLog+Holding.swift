import UVCore

/// How the log comes to have the store, and keeps it.
extension RedisLog {
    /// Connects and takes the store, unless another server uses it.
    public func open(_ done: @escaping (Result<Void, LogError>) -> Void) { open(tries: 8, done) }

    /// A server that was killed lets go of the store when it has been silent for a while.
    private func open(tries: Int, _ done: @escaping (Result<Void, LogError>) -> Void) {
        take { [self] result in
            switch result {
            case .success(.taken(let session, let hold)):
                begin(session, hold)
                holding = loop.wait(.seconds(1), repeats: true) { [weak self] in self?.sayHeld() }.unref()
                lookAtSettings { done(.success(())) }
            case .success(.held) where tries > 1:
                loop.wait(patience.hold / 6) { [self] in open(tries: tries - 1, done) }
            case .success(.held): done(.failure(.refused("\(address) is in use by another server")))
            case .failure(let error): done(.failure(.refused("cannot use \(address): \(error.message)")))
            }
        }
    }

    /// The store is this server's, on that connection.
    func begin(_ session: RedisSession, _ hold: RedisHold) {
        state = .holding(session, hold)
        session.connection.onLost = { [weak self] error in self?.lose(error.message) }
    }

    /// What has come of a wish to have the store.
    enum Taking {
        case taken(RedisSession, RedisHold)
        /// Another server uses it.
        case held
    }

    /// Makes a connection, and takes the store on it.
    func take(_ done: @escaping (Result<Taking, RedisError>) -> Void) {
        do throws(RedisError) {
            var made: RedisSession?
            made = try RedisSession(to: address, patience.reply) { [weak self] result in
                guard let self, let session = made.take() else { return }
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
        let arguments = RedisCommand(holderName, holdMilliseconds, "\(LogEpoch.random().number)")
        session.run(.take, arguments) { result in
            let taking = result.flatMap { Self.taking($0, on: session) }
            if case .success(.taken) = taking {} else { session.connection.close() }
            done(taking)
        }
    }

    private static func taking(_ returned: RedisReturn, on session: RedisSession) -> Result<Taking, RedisError> {
        switch returned.verdict {
        case .held: return .success(.held)
        case .form: return .failure(.refused("a newer taskflow has written it"))
        default: return Result { () throws(RedisError) in .taken(session, try RedisHold(returned.words)) }
        }
    }

    private var holdMilliseconds: String { "\(patience.hold.wholeMilliseconds)" }

    private func sayHeld() {
        guard let (session, hold) = held else { return }
        session.run(.hold, RedisCommand(holderName, holdMilliseconds, hold.generation)) { [weak self] result in
            guard let self, case .success(let returned) = result, returned.verdict == .fenced else { return }
            giveUp("another server has taken \(address)")
        }
    }
}
