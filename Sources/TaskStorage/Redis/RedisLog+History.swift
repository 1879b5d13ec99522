import TaskEngine
import UVCore

extension RedisLog {
    public func events(after sequence: Int, limit: Int, _ done: @escaping (Result<LogHistory, LogError>) -> Void) {
        guard let (session, _, end) = joined else { return done(.failure(.refused("Redis is not there"))) }
        let position = end.position
        let now = Timestamp(milliseconds: SystemTime.milliseconds())
        let isEnd = sequence == position.sequence
        let first = max(sequence, position.sequence - limits.count)
        guard (0...position.sequence).contains(sequence), first == sequence else { return done(.success(.gone)) }
        if isEnd || limit <= 0 { return done(.success(.events([]))) }
        // What others have written since comes as news, and is no history yet.
        let command = RedisCommand(
            "XRANGE", session.keys.events, "\(sequence + 1)-0", "\(position.sequence)-0", "COUNT", "\(limit)")
        session.connection.send(command) { [limits] result in
            guard case .success(let reply) = result, reply.array != nil else {
                return done(.failure(.refused(result.trouble)))
            }
            // Behind the one that was named comes the next one, or it was removed, or is damaged.
            guard case .success(let entries) = RedisStream.values(result, TaskEvent.self), let next = entries.first,
                next.sequence == sequence + 1, next.value.timestamp >= limits.oldestTime(now)
            else { return done(.success(.gone)) }
            done(.success(.events(entries.map(\.value))))
        }
    }
}
