import TaskEngine
import UVCore

/// What the log does when the connection breaks.
extension RedisLog {
    /// Nothing is appended until the store was taken again. What became of the append that is under way is found out then.
    ///
    /// A connection that breaks is told by each command that it owes a reply, too: the first one counts.
    func lose(_ message: String) {
        guard let (session, hold) = held else { return }
        state = .returning(hold)
        trouble = message
        session.connection.close()
        comeBack(after: .milliseconds(100))
    }

    /// Nothing helps but another start; that is told, also where there was trouble before.
    func giveUp(_ message: String) {
        let session = held?.session
        state = .over
        session?.connection.close()
        trouble = nil
        trouble = message
        answerFailed(.refused(message))
    }

    private func comeBack(after delay: Duration) {
        loop.wait(delay) { [weak self] in
            guard let self, case .returning = state else { return }
            take { [self] result in
                guard case .returning(let former) = state else { return abandon(result) }
                switch result {
                case .success(.taken(let session, let taken)): resume(session, taken, since: former)
                case .success(.held): giveUp("another server has taken \(address)")
                case .failure(let error): goOnTrying(error)
                }
            }
        }.unref()
    }

    private func goOnTrying(_ error: RedisError) {
        trouble = error.message
        comeBack(after: .seconds(1))
    }

    /// The log was closed meanwhile.
    private func abandon(_ result: Result<Taking, RedisError>) {
        if case .success(.taken(let session, _)) = result { session.connection.close() }
    }

    /// From the new generation on no script of before is kept, so the end of the log says what became of the append.
    private func resume(_ session: RedisSession, _ taken: RedisHold, since former: RedisHold) {
        if let underWay, taken.position == underWay.next.position {
            begin(session, taken)
            trouble = nil
            answerKept()
        } else if taken.position == former.position {
            late = nil
            begin(session, taken)
            trouble = nil
            answerFailed(.refused("the connection to Redis was lost"))
        } else if let late = late.take(), taken.position == late.next.position {
            begin(session, taken)
            trouble = nil
            onOutcome?(.behind(late.events, taken.position))
        } else {
            forget(session, taken, since: former)
        }
    }

    /// Redis has lost events that were kept: what it has now is another history. Until it is called so there, a start would
    /// take it for the former one.
    private func forget(_ session: RedisSession, _ taken: RedisHold, since former: RedisHold) {
        let beginning = LogPosition.nextBeginning(after: max(former.position.sequence, taken.position.sequence))
        let arguments = RedisCommand(taken.generation, "\(LogEpoch.random().number)", "\(beginning)")
        session.run(.forget, arguments) { [self] result in
            session.connection.close()
            guard case .returning = state else { return }
            switch result {
            case .success: giveUp("Redis has lost events of \(address) that it had kept: start the server again")
            case .failure(let error): goOnTrying(error)
            }
        }
    }
}
