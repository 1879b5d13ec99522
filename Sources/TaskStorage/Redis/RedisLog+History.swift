import TaskEngine
import UVCore

extension RedisLog {
    public func events(after sequence: Int, limit: Int, _ done: @escaping (Result<LogHistory, LogError>) -> Void) {
        guard let (session, hold) = held else { return done(.failure(.refused("Redis is not there"))) }
        let position = hold.position
        let now = Timestamp(milliseconds: SystemTime.milliseconds())
        let keys = RedisKeys(address.name)
        let isEnd = sequence == position.sequence
        let first = max(sequence, position.sequence - limits.count)
        guard (0...position.sequence).contains(sequence), first == sequence else { return done(.success(.gone)) }
        if isEnd || limit <= 0 { return done(.success(.events([]))) }
        let command = RedisCommand("XRANGE", keys.events, "\(sequence + 1)-0", "+", "COUNT", "\(limit)")
        session.connection.send(command) { [limits] result in
            done(
                RedisStream.entries(result, TaskEvent.self, named: "e").map { entries in
                    // Behind the one that was named comes the next one, or it was removed.
                    guard let next = entries.first, next.sequence == sequence + 1,
                        next.value.timestamp >= limits.oldestTime(now)
                    else { return .gone }
                    return .events(entries.map(\.value))
                })
        }
    }
}
