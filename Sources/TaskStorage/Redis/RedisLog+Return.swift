import TaskEngine
import UVCore

/// What the log does when the connection breaks.
extension RedisLog {
    /// Nothing is appended until there is another. What became of the append that is under way is found out then.
    ///
    /// A connection that breaks is told by each command that it owes a reply, too: the first one counts.
    func lose(_ message: String, comingBackAfter delay: Duration = .milliseconds(100)) {
        guard let (session, _) = connected else { return }
        state = .returning(joined?.end)
        ownNotes.pause()
        trouble = message
        session.close()
        comeBack(after: delay)
    }

    public func readAnew() {
        lose("what is on \(address) does not follow from what this server knows")
        if case .returning = state { state = .returning(nil) }
    }

    private func comeBack(after delay: Duration) {
        loop.wait(delay) { [weak self] in
            guard let self, case .returning = state else { return }
            join { [self] result in
                guard case .returning(let known) = state else {
                    // The log was closed meanwhile.
                    if case .success(let joining) = result { joining.session.close() }
                    return
                }
                switch result {
                case .success(let joining):
                    becomeMember(by: joining)
                    if let known { catchUp(joining, from: known) } else { reload(joining) }
                case .failure(let error): goOnTrying(error.message)
                }
            }
        }.unref()
    }

    private func goOnTrying(_ message: String) {
        trouble = message
        comeBack(after: .seconds(1))
    }

    /// From the new generation on no script of before is kept, so what stands in the log says what became of the append.
    private func catchUp(_ joining: Joining, from known: RedisEnd) {
        let (here, there) = (known.position, joining.end.position)
        if here == there {
            return begin(joining.session, joining.member, at: known) {
                answerFailed(.refused("the connection to Redis was lost"))
            }
        }
        guard here.epoch == there.epoch, here.sequence < there.sequence else {
            return beginHistory(behind: known, on: joining)
        }
        // Not beyond the end that is known: what others have written since then comes as news.
        let command = RedisCommand(
            "XRANGE", joining.session.keys.events, "\(here.sequence)-0", "\(there.sequence)-0", "COUNT", "256")
        joining.session.connection.send(command) { [weak self] result in
            guard let self, case .returning = state else { return joining.session.close() }
            guard case .success(let reply) = result, let entries = RedisStream.entries(reply) else {
                joining.session.close()
                return goOnTrying(result.trouble)
            }
            take(RedisReading(entries, behind: known), joining, from: known)
        }
    }

    private func take(_ reading: RedisReading, _ joining: Joining, from known: RedisEnd) {
        switch reading {
        case .events(let events, let append, let reached) where !events.isEmpty:
            let isOwn = underWay?.next.position.append == append
            if isOwn, address.replicas == 0, let next = underWay?.next {
                if next.position == joining.end.position {
                    return begin(joining.session, joining.member, at: next) { answerKept() }
                }
                state = .returning(next)
                answerKept()
                return catchUp(joining, from: next)
            }
            // Which replicas have it was to be asked on the connection that was lost.
            let message = "the connection to Redis was lost"
            answerFailed(isOwn ? .unknown(message) : .refused(message))
            state = .returning(reached)
            onNews?(events, reached.position)
            if case .returning(nil) = state { reload(joining) } else { catchUp(joining, from: reached) }
        case .events, .gone: reload(joining)
        case .lost: beginHistory(behind: known, on: joining)
        case .damaged:
            joining.session.close()
            goOnTrying("an event on \(address) cannot be read")
        }
    }
}

// MARK: - Another history

extension RedisLog {
    /// Redis has lost events that were kept: what it has now is another history. The first server that sees it calls it so
    /// there, and all read it anew.
    private func beginHistory(behind known: RedisEnd, on joining: Joining) {
        let (here, there) = (known.position, joining.end.position)
        // Another server has called it so already, with numbers above all that were given.
        if here.epoch != there.epoch, here.sequence < there.sequence { return reload(joining) }
        let beginning = LogPosition.nextBeginning(after: max(here.sequence, there.sequence))
        var command = RedisCommand(of: joining.member)
        for word in ["\(there.epoch.number)", "\(LogEpoch.random().number)", "\(beginning)"] { command.append(word) }
        joining.session.run(.forget, command) { [weak self] result in
            guard let self, case .returning = state else { return joining.session.close() }
            switch result {
            case .success(let returned) where returned.verdict == .kept: reload(joining)
            case .success:
                joining.session.close()
                goOnTrying("another connection is this server's")
            case .failure(let error):
                joining.session.close()
                goOnTrying(error.message)
            }
        }
    }

    /// Reads all anew.
    private func reload(_ joining: Joining) {
        beginReading(joining)
        answerFailed(.refused("what this server knew was lost"))
        trouble = "\(address) is read anew"
        read { [weak self] result in
            guard let self else { return }
            switch result {
            case .success(let start): onReload?(start)
            // Unless the connection was lost, and another is under way.
            case .failure(let error): lose(error.message, comingBackAfter: .seconds(1))
            }
        }
    }
}
