import TaskEngine
import UVCore

/// How the log hears of what others write.
extension RedisLog {
    /// Waits for events behind the last one that is known, unless it does.
    ///
    /// Not while an append is under way: its own events are no news, and its answer says what has come in front of them. Nor
    /// while there is no other server, unless `isSure`: a new one is known by its first beat.
    func follow(isSure: Bool = false) {
        guard !isFollowing, case nil = underWay, let (session, _, end) = joined, hasOthers || isSure else { return }
        isFollowing = true
        session.waitForNews(after: end.position.sequence) { [weak self] result in
            guard let self, joined?.session === session else { return }
            isFollowing = false
            // Otherwise the session is lost, and has said so.
            guard case .success(let reply) = result else { return }
            hear(reply)
        }
    }

    private func hear(_ reply: RedisReply) {
        guard let (session, member, end) = joined, case nil = underWay else { return }
        guard let entries = RedisStream.news(reply) else {
            return lose("news cannot be read: \(Result<RedisReply, RedisError>.success(reply).trouble)")
        }
        switch RedisReading(entries, behind: end) {
        case .events(let events, _, let reached):
            state = .joined(session, member, reached)
            if !events.isEmpty { onNews?(events, reached.position) }
            follow()
        // The end of the log says what has become of the history.
        case .lost, .gone: lose("\(address) has lost events, or this server is far behind")
        case .damaged: lose("an event on \(address) cannot be read")
        }
    }
}
