import TaskEngine
import UVCore

/// How the log hears of what others write.
extension RedisLog {
    /// Waits for events behind the last one that is known, unless it does; while there is no other server, for one that joins.
    func follow() {
        guard !isFollowing, takesNews, let (session, member, end) = joined else { return }
        isFollowing = true
        let isAlone = !hasOthers && !hasSeenJoin
        let take: RedisConnection.Answer = { [weak self] result in
            guard let self, joined?.session === session else { return }
            isFollowing = false
            guard case .success(let reply) = result else { return lose(result.trouble) }
            guard let entries = RedisStream.news(reply) else { return lose("news cannot be read: \(result.trouble)") }
            if isAlone { noteJoin(entries) } else { takeNews(entries) }
            follow()
        }
        if isAlone {
            session.waitForServers(after: lastJoin ?? member.joinID, take)
        } else {
            session.waitForNews(after: end.position.sequence, take)
        }
    }

    private func noteJoin(_ entries: [RedisStream.Entry]) {
        guard let join = entries.last else { return }
        // The next beat tells whether it is still there.
        hasSeenJoin = true
        // Of the entries of one millisecond the last: another that comes in it is known by its beat.
        lastJoin = "\(join.sequence)-\(UInt64.max)"
    }

    /// Asks for events behind the last one that is known, which are there.
    func fetch() {
        guard case nil = underWay, let (session, _, end) = joined else { return }
        let command = RedisCommand(
            "XRANGE", session.keys.events, "\(end.position.sequence + 1)-0", "+", "COUNT", "100")
        session.connection.send(command) { [weak self] result in
            guard let self, joined?.session === session, case .success(let reply) = result else { return }
            guard let entries = RedisStream.entries(reply) else {
                return lose("news cannot be read: \(result.trouble)")
            }
            takeNews(entries)
        }
    }

    private func takeNews(_ entries: [RedisStream.Entry]) {
        guard takesNews, let (session, member, end) = joined else { return }
        switch RedisReading(entries, behind: end) {
        case .events(let events, _, let reached):
            switch underWay {
            case _ where events.isEmpty: break
            case .some: askWhatCame()
            case nil:
                state = .joined(session, member, reached)
                onNews?(events, reached.position)
            }
        // The end of the log says what has become of the history.
        case .lost, .gone: lose("\(address) has lost events, or this server is far behind")
        case .damaged: lose("an event on \(address) cannot be read", comingBackAfter: .seconds(1))
        }
    }
}
