public import TaskEngine
import UVCore

extension RedisLog {
    public func append(_ events: [TaskEvent], behind position: LogPosition) -> AppendOutcome? {
        if let trouble { return .failed(.refused(trouble)) }
        guard let (session, hold) = held, position == hold.position else {
            return .failed(.refused("\(address) does not end where the server thinks"))
        }
        let next = hold.behind(events)
        let timer = loop.wait(patience.doubt) { [weak self] in self?.endDoubt() }
        underWay = Append(events: events, next: next, timer: timer)
        session.run(.append, Self.arguments(of: events, hold, next)) { [weak self] result in
            self?.hear(result)
        }
        return nil
    }

    private static func arguments(of events: [TaskEvent], _ hold: RedisHold, _ next: RedisHold) -> RedisCommand {
        let (end, newEnd) = (hold.position, next.position)
        var command = RedisCommand(
            hold.generation, "\(end.epoch.number)", "\(end.sequence)", "\(end.append)", "\(newEnd.sequence)",
            "\(newEnd.append)", next.lastID?.description ?? "", "\(events.count)")
        for event in events {
            command.append("\(event.sequence)-0")
            command.append(event.compact)
        }
        RedisRows(of: events).write(to: &command)
        return command
    }

    private func hear(_ result: Result<RedisReturn, RedisError>) {
        switch result {
        case .success(let returned):
            switch returned.verdict {
            case .kept: answerKept()
            case .fenced: giveUp("another server has taken \(address)")
            default: lose("\(address) was written by another program")
            }
        // It was refused before the script began, or the script has failed: the end of the log says which.
        case .failure(let error): lose(error.message)
        }
    }

    /// The append that is under way was kept.
    func answerKept() {
        guard let append = underWay.take() else { return }
        append.timer.cancel()
        if case .holding(let session, var hold) = state {
            (hold.position, hold.lastID) = (append.next.position, append.next.lastID)
            state = .holding(session, hold)
        }
        onOutcome?(.kept(append.next.position))
        pruneIfFull(append.next.position)
    }

    /// The append that is under way, if one is, was not kept, or that is not known.
    func answerFailed(_ error: LogError) {
        guard let append = underWay.take() else { return }
        append.timer.cancel()
        onOutcome?(.failed(error))
    }

    private func endDoubt() {
        late = underWay
        lose("Redis has not answered for \(patience.doubt)")
        answerFailed(.unknown(trouble ?? ""))
    }
}
