import UVCore

/// How a server speaks to a store: a connection that knows the store's scripts, and one on which it waits for news.
@LoopActor
final class RedisSession {
    let connection: RedisConnection
    /// Made when the scripts are known.
    private var follower: RedisConnection?
    let keys: RedisKeys
    private var hashes: [RedisScript: String] = [:]

    /// Called once when either connection is lost, with the reason; not behind ``close()``.
    var onLost: ((RedisError) -> Void)? {
        didSet {
            let onLost = onLost
            connection.onLost = onLost
            follower?.onLost = onLost
        }
    }

    /// Connects, gives Redis the scripts, and calls `ready`.
    init(
        to address: RedisAddress, _ patience: Duration, _ ready: @escaping (Result<Void, RedisError>) -> Void
    ) throws(RedisError) {
        keys = RedisKeys(address.name)
        // Called by the loop, when the connection is there.
        var isGreeted: ((Result<Void, RedisError>) -> Void)?
        connection = try RedisConnection(to: address, patience) { isGreeted?($0) }
        isGreeted = { [unowned self] result in
            if case .failure(let error) = result { return ready(.failure(error)) }
            load(RedisScript.allCases[...]) { [unowned self] result in
                if case .failure(let error) = result { return ready(.failure(error)) }
                do throws(RedisError) {
                    follower = try RedisConnection(to: address, patience, ready)
                } catch {
                    ready(.failure(error))
                }
            }
        }
    }

    func close() {
        onLost = nil
        connection.close()
        follower?.close()
    }

    /// Calls `answer` when there are events behind the one of that number, or none came for a while.
    func waitForNews(after sequence: Int, _ answer: @escaping RedisConnection.Answer) {
        wait(for: keys.events, after: "\(sequence)-0", limit: 100, answer)
    }

    /// Calls `answer` when another server has joined since that entry, or none came for a while.
    func waitForServers(after joinID: String, _ answer: @escaping RedisConnection.Answer) {
        wait(for: keys.joins, after: joinID, limit: 1, answer)
    }

    private func wait(for stream: String, after id: String, limit: Int, _ answer: @escaping RedisConnection.Answer) {
        follower?.send(RedisCommand("XREAD", "COUNT", "\(limit)", "BLOCK", "4000", "STREAMS", stream, id), answer)
    }

    private func load(_ scripts: ArraySlice<RedisScript>, _ ready: @escaping (Result<Void, RedisError>) -> Void) {
        guard let script = scripts.first else { return ready(.success(())) }
        connection.send(RedisCommand("SCRIPT", "LOAD", script.text)) { [weak self] result in
            switch result {
            case .success(.bytes(let hash)):
                self?.hashes[script] = String(decoding: hash, as: UTF8.self)
                self?.load(scripts.dropFirst(), ready)
            case .success(.error(let message)): ready(.failure(.refused(message)))
            case .success: ready(.failure(.protocol("SCRIPT LOAD has no hash")))
            case .failure(let error): ready(.failure(error))
            }
        }
    }

    /// Gives `take` all of a hash, some rows at a time, and nil behind the last: a row may come twice. It goes on while that
    /// returns true.
    func scan(
        _ key: String, _ portion: Int, from cursor: UInt64 = 0,
        _ take: @escaping (Result<[(field: [UInt8], value: [UInt8])]?, RedisError>) -> Bool
    ) {
        connection.send(RedisCommand("HSCAN", key, "\(cursor)", "COUNT", "\(portion)")) { [weak self] result in
            guard case .success(let reply) = result, let parts = reply.array, parts.count == 2,
                let cursor = parts[0].bytes.flatMap({ DecimalNumber.read($0) }), let words = parts[1].array,
                words.count.isMultiple(of: 2)
            else {
                _ = take(.failure(.refused(result.trouble)))
                return
            }
            let texts = words.compactMap(\.bytes)
            guard texts.count == words.count else {
                _ = take(.failure(.protocol("a row of \(key) cannot be read")))
                return
            }
            let rows = stride(from: 0, to: texts.count, by: 2).map { (field: texts[$0], value: texts[$0 + 1]) }
            guard take(.success(rows)) else { return }
            if cursor != 0 {
                self?.scan(key, portion, from: cursor, take)
            } else {
                _ = take(.success(nil))
            }
        }
    }

    /// Runs a script, and calls `answer` with what it has returned.
    func run(
        _ script: RedisScript, _ arguments: RedisCommand, _ answer: @escaping (Result<RedisReturn, RedisError>) -> Void
    ) {
        connection.send(call("EVALSHA", hashes[script] ?? "", arguments)) { [weak self] result in
            // Its scripts were flushed.
            guard case .success(let reply) = result, reply.isError("NOSCRIPT"), let self else {
                return answer(Self.returned(by: result))
            }
            connection.send(call("EVAL", script.text, arguments)) { answer(Self.returned(by: $0)) }
        }
    }

    private func call(_ name: String, _ script: String, _ arguments: RedisCommand) -> RedisCommand {
        var command = RedisCommand(name, script, String(keys.all.count))
        for key in keys.all { command.append(key) }
        command.append(arguments)
        return command
    }

    private static func returned(by result: Result<RedisReply, RedisError>) -> Result<RedisReturn, RedisError> {
        switch result {
        case .success(.error(let message)): .failure(.refused(message))
        case .success(let reply):
            if let returned = RedisReturn(reply) {
                .success(returned)
            } else {
                .failure(.protocol("a script without a verdict"))
            }
        case .failure(let error): .failure(error)
        }
    }
}

/// What a script has returned: its verdict, and what stands behind that.
struct RedisReturn {
    let verdict: RedisVerdict
    let words: [[UInt8]]
    /// The list that stands last, if it is one of words.
    let list: [[UInt8]]
    /// The list that stands last, if it is one of a stream's entries.
    let entries: [RedisStream.Entry]

    init?(_ reply: RedisReply) {
        guard let replies = reply.array, let verdict = RedisVerdict(replies.first?.bytes) else { return nil }
        self.verdict = verdict
        words = replies.dropFirst().compactMap(\.bytes)
        list = replies.last?.array?.compactMap(\.bytes) ?? []
        entries = replies.last.flatMap { RedisStream.entries($0) } ?? []
    }
}
