import UVCore

/// How servers know which of them are alive.
extension RedisLog {
    public func isAlive(_ server: Int) -> Bool { server == self.server || peers.numbers.contains(server) }

    public var hasOthers: Bool { !peers.numbers.isEmpty }

    public var isFirst: Bool { peers.numbers.allSatisfy { $0 > server } }

    public var isHeard: Bool { loop.preciseTime - heardAt < patience.silence.wholeNanoseconds }

    /// How many beats come between two looks at Redis' clock: some ten seconds.
    private static let beatsPerLook = 7

    /// Says that this server is there, and looks at the others and at the end of the log.
    func beat() {
        guard let (session, member) = connected else { return }
        let sentAt = loop.preciseTime
        session.run(.beat, RedisCommand(of: member)) { [weak self] result in
            guard let self, connected?.session === session else { return }
            let returned: RedisReturn
            switch result {
            case .success(let found): returned = found
            case .failure(let error): return lose(error.message)
            }
            guard returned.verdict == .kept, let end = try? RedisEnd(returned.words) else {
                return lose("other servers have taken this one for dead")
            }
            heardAt = sentAt
            lookForDead(in: returned.list[...], session, member)
            noteSettings(returned.words.dropFirst(RedisEnd.wordCount).first)
            compare(with: end)
            beatCount += 1
            if beatCount.isMultiple(of: Self.beatsPerLook) { compareClocks() }
        }
    }

    private func lookForDead(in words: ArraySlice<[UInt8]>, _ session: RedisSession, _ member: RedisMember) {
        var counts: [Int: [UInt8]] = [:]
        var rest = words
        while let number = rest.popFirst(), let count = rest.popFirst() {
            guard let other = DecimalNumber.read(number).flatMap({ Int(exactly: $0) }), other != server else {
                continue
            }
            counts[other] = count
        }
        for (server, lastCount) in peers.note(counts, at: loop.preciseTime) {
            guard let lastCount else {
                onDeath?(server)
                continue
            }
            var command = RedisCommand(of: member)
            command.append("\(server)")
            command.append(lastCount)
            session.run(.bury, command) { [weak self] result in
                // Otherwise it has counted at the last moment, and is heard of again by the next beat.
                guard case .success(let returned) = result, returned.verdict == .kept else { return }
                self?.onDeath?(server)
            }
        }
    }

    /// A history that was begun anew sends no news.
    private func compare(with end: RedisEnd) {
        guard let known = joined?.end.position else { return }
        if known.epoch != end.position.epoch { return lose("\(address) has another history") }
        hasSeenJoin = false
        if known.sequence < end.position.sequence { fetch() }
    }
}
