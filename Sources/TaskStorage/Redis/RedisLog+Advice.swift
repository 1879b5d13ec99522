import UVCore

/// What an operator should know of how Redis is set.
extension RedisLog {
    /// Looks at Redis' settings, and calls `done` when ``warnings`` has what is amiss, and the file is mended.
    func lookAtSettings(by session: RedisSession, _ done: @escaping () -> Void) {
        session.connection.send(RedisCommand("INFO")) { [weak self] result in
            guard let self, case .success(let reply) = result else { return done() }
            guard let info = reply.bytes.map(RedisInfo.init) else {
                warnings = ["Redis does not tell how it is set, nor since when it runs, see INFO: \(result.trouble)"]
                return done()
            }
            warnings = Self.warnings(info)
            mendFile(info, by: session, done)
        }
    }

    /// Looks at the clock of Redis, and calls `done` when ``warnings`` has what is amiss with it, too.
    func lookAtClock(_ done: @escaping () -> Void) {
        guard let (session, _) = connected else { return done() }
        session.connection.send(RedisCommand("TIME")) { [weak self] result in
            if let self { warnings += clockWarnings(result) }
            done()
        }
    }

    /// Compares the clocks once more: those that agreed may have been set since.
    func compareClocks() {
        guard let (session, _) = connected else { return }
        let sentAt = loop.preciseTime
        session.connection.send(RedisCommand("TIME")) { [weak self] result in
            // What has come late says nothing of the time that it is now.
            guard let self, loop.preciseTime - sentAt < Duration.seconds(1).wholeNanoseconds else { return }
            for warning in clockWarnings(result) { onWarning?(warning) }
        }
    }

    /// What is to be warned of now: nothing while the last warning is still true.
    private func clockWarnings(_ result: Result<RedisReply, RedisError>) -> [String] {
        guard case .success(let reply) = result, let seconds = reply.array?.first?.integer else { return [] }
        let warnings = Self.warnings(redisTime: seconds, here: wallTime())
        defer { areClocksApart = !warnings.isEmpty }
        return areClocksApart ? [] : warnings
    }

    /// What is amiss with the clock of this machine or of Redis': servers that write to one log should have one time.
    ///
    /// - Parameters:
    ///   - redisTime: Whole seconds since 1970.
    ///   - here: Milliseconds.
    static func warnings(redisTime: Int, here: Int64) -> [String] {
        // Milliseconds of some thirty thousand years: what is beyond is no time.
        guard (0...1 << 40).contains(redisTime) else { return ["Redis tells no time."] }
        let apart = here - Int64(redisTime) * 1_000
        // Redis has told whole seconds.
        guard !(-1_000...2_000).contains(apart) else { return [] }
        return ["The clocks of this machine and of Redis are \(abs(apart) / 1_000) seconds apart."]
    }

    /// What is amiss with the settings that `INFO` tells.
    static func warnings(_ info: RedisInfo) -> [String] {
        var warnings: [String] = []
        if info.says("aof_enabled", "0") {
            warnings.append(
                "Redis keeps no append-only file: what it has not saved is lost when it ends. See appendonly in redis.conf."
            )
        }
        if !info.says("maxmemory", "0"), !info.says("maxmemory_policy", "noeviction") {
            warnings.append(
                "Redis removes keys when its memory is full: tasks would be lost. Set maxmemory-policy to noeviction.")
        }
        return warnings
    }
}
