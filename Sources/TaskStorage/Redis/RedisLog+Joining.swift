import UVCore

/// How the log comes to use the store.
extension RedisLog {
    /// Connects, and joins the servers that use the store.
    public func open(_ done: @escaping (Result<Void, LogError>) -> Void) {
        join { [self] result in
            switch result {
            case .success(let joining):
                becomeMember(by: joining)
                beginReading(joining)
                beating = loop.wait(patience.beat, repeats: true) { [weak self] in self?.beat() }.unref()
                beat()
                lookAtClock { done(.success(())) }
            case .failure(let error): done(.failure(.refused("cannot use \(address): \(error.message)")))
            }
        }
    }

    /// A connection that is this server's, and where the log ended then.
    struct Joining {
        let session: RedisSession
        let member: RedisMember
        let end: RedisEnd
        /// When it was asked for, in nanoseconds of the loop's clock.
        let sentAt: Int64
    }

    /// The store is to be read.
    func beginReading(_ joining: Joining) {
        state = .reading(joining.session, joining.member)
        watch(joining.session, joining.member)
    }

    /// All is known up to that end: `use` has it, and then changes are kept.
    func begin(_ session: RedisSession, _ member: RedisMember, at end: RedisEnd, _ use: () -> Void) {
        state = .joined(session, member, end)
        watch(session, member)
        courtesy = RedisCourtesy()
        use()
        guard joined?.session === session else { return }
        trouble = nil
        follow()
    }

    private func watch(_ session: RedisSession, _ member: RedisMember) {
        session.onLost = { [weak self] error in self?.lose(error.message) }
        ownNotes.use(session, member)
    }

    func becomeMember(by joining: Joining) {
        server = joining.member.server
        heardAt = joining.sentAt
        peers.begin(at: loop.preciseTime)
        isFollowing = false
    }

    /// Makes a connection, and has it be this server's.
    func join(_ done: @escaping (Result<Joining, RedisError>) -> Void) {
        do throws(RedisError) {
            var made: RedisSession?
            made = try RedisSession(to: address, patience.reply) { [weak self] result in
                guard let self, let session = made.take() else { return }
                switch result {
                case .success: join(on: session, done)
                case .failure(let error):
                    session.close()
                    done(.failure(error))
                }
            }
        } catch {
            done(.failure(error))
        }
    }

    private func join(on session: RedisSession, _ done: @escaping (Result<Joining, RedisError>) -> Void) {
        let number = server == 0 ? "" : "\(server)"
        let sentAt = loop.preciseTime
        session.run(.join, RedisCommand(number, name, "\(LogEpoch.random().number)")) { [self] result in
            let joining = result.flatMap { Self.joining($0, on: session, sentAt) }
            guard case .success = joining else {
                session.close()
                return done(joining)
            }
            lookAtSettings(by: session) { done(joining) }
        }
    }

    private static func joining(
        _ returned: RedisReturn, on session: RedisSession, _ sentAt: Int64
    ) -> Result<Joining, RedisError> {
        guard returned.verdict != .form else { return .failure(.refused("a newer taskflow has written it")) }
        return Result { () throws(RedisError) in
            let member = try RedisMember(returned.words.dropFirst(RedisEnd.wordCount))
            return Joining(session: session, member: member, end: try RedisEnd(returned.words), sentAt: sentAt)
        }
    }
}
