public import TaskEngine
import UVCore

extension RedisLog {
    public func append(_ events: [TaskEvent], behind position: LogPosition) -> AppendOutcome? {
        guard let (_, _, end) = joined else { return .failed(.refused(trouble ?? "Redis is not there")) }
        guard position == end.position else {
            return .failed(.refused("\(address) does not end where the server thinks"))
        }
        let next = events.isEmpty ? end : end.behind(events, append: .random(in: 1 ... .max))
        let timer = loop.wait(patience.doubt) { [weak self] in self?.endDoubt() }
        underWay = Append(events: events, next: next, timer: timer)
        send()
        return nil
    }

    /// Sends the append that is under way, for the first time or once more.
    func send() {
        guard let append = underWay, let (session, member, end) = joined else { return }
        let sentAt = loop.preciseTime
        session.run(.append, arguments(append, member, end)) { [weak self] result in
            guard let self, joined?.session === session else { return }
            noteRoundTrip(of: result, loop.preciseTime - sentAt)
            takeAnswer(result, on: session)
        }
    }

    private func noteRoundTrip(of result: Result<RedisReturn, RedisError>, _ nanoseconds: Int64) {
        guard case .success(let returned) = result, returned.verdict != .busy else { return }
        courtesy.noteAnswer(isBehind: returned.verdict == .behind, after: nanoseconds / 1_000_000)
    }

    private func arguments(_ append: Append, _ member: RedisMember, _ end: RedisEnd) -> RedisCommand {
        let (here, next) = (end.position, append.next.position)
        let events = append.isQuestion ? [] : append.events
        var command = RedisCommand(of: member)
        for word in [
            "\(here.epoch.number)", "\(here.sequence)", "\(here.append)", "\(next.sequence)", "\(next.append)",
            append.next.lastID?.description ?? "", "\(courtesy.turn)", "\(events.count)",
        ] { command.append(word) }
        for event in events {
            command.append("\(event.sequence)-0")
            command.append(event.compact)
        }
        RedisRows(of: events).write(to: &command)
        return command
    }

    private func takeAnswer(_ result: Result<RedisReturn, RedisError>, on session: RedisSession) {
        switch result {
        case .success(let returned):
            switch returned.verdict {
            case .kept where address.replicas > 0 && underWay?.isWrite == true: waitForReplicas(session)
            case .kept where underWay?.isQuestion == true: sendWhole()
            case .kept: answerKept()
            case .behind: goOn(behind: returned)
            case .busy: waitForTurn(returned)
            default: lose("other servers have taken this one for dead")
            }
        // It was refused before the script began, or the script has failed: the end of the log says which.
        case .failure(let error): lose(error.message)
        }
    }

    /// An append that too few replicas have is there, and may be lost with the Redis that has it: it is applied as news are,
    /// and whether it was kept is not known.
    private func waitForReplicas(_ session: RedisSession) {
        let command = RedisCommand("WAIT", "\(address.replicas)", "1000")
        session.connection.send(command) { [weak self] result in
            guard let self, joined?.session === session else { return }
            guard case .success(let reply) = result, let count = reply.integer else { return lose(result.trouble) }
            if count >= address.replicas { return answerKept() }
            answerFailed(.unknown("\(count) of \(address.replicas) replicas have it after a second"))
            fetch()
        }
    }

    private func goOn(behind returned: RedisReturn) {
        guard let (session, member, end) = joined, let there = try? RedisEnd(returned.words),
            there.position.epoch == end.position.epoch,
            case .events(let events, _, let reached) = RedisReading(returned.entries, behind: end), !events.isEmpty
        else { return lose("\(address) has another history, or this server is far behind") }
        state = .joined(session, member, reached)
        conclude(.behind(events, reached.position))
    }

    /// The append that is under way was kept.
    func answerKept() {
        guard let append = underWay else { return }
        if case .joined(let session, let member, _) = state { state = .joined(session, member, append.next) }
        conclude(.kept(append.next.position))
        pruneIfFull(append.next.position)
    }

    /// The append that is under way, if one is, was not kept, or that is not known.
    func answerFailed(_ error: LogError) {
        if underWay != nil { conclude(.failed(error)) }
    }

    private func conclude(_ outcome: AppendOutcome) {
        underWay?.timer.cancel()
        underWay?.pause?.cancel()
        underWay = nil
        onOutcome?(outcome)
        follow()
    }

    /// Should it have been kept all the same, its events come as those of others do.
    private func endDoubt() {
        lose("Redis has not answered for \(patience.doubt)")
        answerFailed(.unknown(trouble ?? ""))
    }
}
