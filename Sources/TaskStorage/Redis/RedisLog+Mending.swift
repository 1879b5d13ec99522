import UVCore

/// What a Redis that was killed leaves in its append-only file.
///
/// A transaction of which only a part was written is none when Redis begins again. But it cuts off no more than the command
/// that is not whole: what it writes from then on belongs to that transaction when it begins once more, and what was refused
/// is there then. (Valkey cuts off all of it since its pull request 4342.) So each Redis that has begun is asked to write its
/// file anew, once.
extension RedisLog {
    /// Has Redis write its file anew if it has begun since that was done last, and calls `done` when it does.
    func mendFile(_ info: RedisInfo, by session: RedisSession, _ done: @escaping () -> Void) {
        guard info.says("aof_enabled", "1"), let run = info["run_id"] else { return done() }
        session.connection.send(RedisCommand("HGET", session.keys.end, "mended")) { [weak self] result in
            guard let self, case .success(let known) = result, known.bytes != run else { return done() }
            rewriteFile(by: session, ofRun: run, done)
        }
    }

    private func rewriteFile(by session: RedisSession, ofRun run: [UInt8], _ done: @escaping () -> Void) {
        session.connection.send(RedisCommand("BGREWRITEAOF")) { [weak self] result in
            guard case .success(let reply) = result else { return done() }
            // One that is being written was begun by another server.
            if case .error(let message) = reply, message.utf8.firstRange(of: "in progress".utf8) == nil {
                self?.onWarning?("Redis does not write its append-only file anew, see BGREWRITEAOF: \(message)")
                return done()
            }
            var command = RedisCommand("HSET", session.keys.end, "mended")
            command.append(run)
            session.connection.send(command) { _ in done() }
        }
    }
}
