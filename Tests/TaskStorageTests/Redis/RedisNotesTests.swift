import LoopTesting
import TaskEngine
import Testing
import UVCore

@testable import TaskStorage

@Suite("What servers on one Redis tell each other beside the log")
struct RedisNotesTests {
    private let redis: RedisServer
    // Not of the suite: a log that has a callback would keep its Redis.
    private static let keys = RedisKeys("taskflow")
    private static let id = TaskID.test(1)

    init() throws { redis = try RedisServer(in: TemporaryFolder()) }

    @LoopActor
    private static func close(_ first: LogDesk, _ other: LogDesk, _ proxy: RedisProxy) {
        first.log.close { other.log.close { proxy.close() } }
    }

    @Test("A note can be read by all servers, is gone within an hour, and at once when it is removed")
    func writing() async throws {
        let said = Log()
        let caller = try RedisCaller(redis.path)
        try await redis.withServers { first, other, proxy in
            other.start { _ in
                first.notes.write(SharedNote(Array("one".utf8)), under: Self.id)
                // Behind it, on the same connection.
                first.tell(Self.id, said) {
                    other.tell(Self.id, said) {
                        let left = (try? caller.ask("PTTL", Self.keys.note(of: Self.id)).integer) ?? 0
                        said((3_500_000...3_600_000).contains(left) ? "an hour" : "\(left)")
                        said("\(first.notes.count) held")
                        first.notes.remove(Self.id)
                        first.tell(Self.id, said) { Self.close(first, other, proxy) }
                    }
                }
            }
        }
        #expect(said.lines == ["one", "one", "an hour", "0 held", "nothing"])
    }

    @Test("An open note says so when its server has left, or was buried; a settled one stays as it is")
    func leaving() async throws {
        let settled = TaskID.test(2)
        let said = Log()
        let caller = try RedisCaller(redis.path)
        try await redis.withServers { first, other, proxy in
            other.start { _ in
                other.notes.write(SharedNote(Array("runs".utf8), whenGone: Array("lost".utf8)), under: Self.id)
                other.notes.write(SharedNote(Array("done".utf8)), under: settled)
                other.tell(Self.id, said) {
                    _ = try? caller.ask("HDEL", Self.keys.servers, "\(other.log.server)")
                    first.tell(Self.id, said) {
                        _ = try? caller.ask("HSET", Self.keys.servers, "\(other.log.server)", "a connection of its own")
                        first.tell(Self.id, said) {
                            _ = try? caller.ask("HDEL", Self.keys.servers, "\(other.log.server)")
                            first.tell(settled, said) { Self.close(first, other, proxy) }
                        }
                    }
                }
            }
        }
        #expect(said.lines == ["runs", "lost", "runs", "done"])
    }

    @Test("A server that was buried and comes back as another one writes its open notes anew")
    func burial() async throws {
        let said = Log()
        let caller = try RedisCaller(redis.path)
        try await redis.withServers { first, _, proxy in
            let number = first.log.server
            first.notes.write(SharedNote(Array("runs".utf8), whenGone: Array("lost".utf8)), under: Self.id)
            first.tell(Self.id, said) {
                first.log.onTrouble = { trouble in
                    guard trouble == nil else { return }
                    first.log.onTrouble = nil
                    said(first.log.server > number ? "another" : "the same")
                    first.tell(Self.id, said) {
                        said((try? caller.ask("HGET", Self.keys.note(of: Self.id), "server").text) ?? "")
                        first.log.close { proxy.close() }
                    }
                }
                _ = try? caller.ask("HDEL", Self.keys.servers, "\(number)")
                first.submit([]) {}
            }
        }
        #expect(said.lines == ["runs", "another", "runs", "2"])
    }

    @Test("What is written while Redis is away is there when it is back, as it was last; none can be read meanwhile")
    func comingBack() async throws {
        let said = Log()
        try await redis.withServers { first, other, proxy in
            other.start { _ in
                other.notes.write(SharedNote(Array("waits".utf8), whenGone: Array("lost".utf8)), under: Self.id)
                other.tell(Self.id, said) {
                    other.log.onTrouble = { trouble in
                        guard trouble == nil else {
                            let runs = SharedNote(Array("runs".utf8), whenGone: Array("lost".utf8))
                            other.notes.write(runs, under: Self.id)
                            other.notes.write(SharedNote(Array("done".utf8)), under: Self.id)
                            return other.tell(Self.id, said) { proxy.isClosed = false }
                        }
                        other.tell(Self.id, said) {
                            said("\(other.notes.count) held")
                            Self.close(first, other, proxy)
                        }
                    }
                    proxy.isClosed = true
                    proxy.breakAll()
                }
            }
        }
        #expect(said.lines == ["waits", "Redis is not there", "done", "0 held"])
    }

    @Test("A note whose reply is lost is written again, and one that was changed meanwhile is not forgotten")
    func lostReply() async throws {
        let said = Log()
        try await redis.withServers { first, other, proxy in
            other.start { _ in
                other.log.onTrouble = { trouble in
                    guard trouble == nil else { return }
                    other.tell(Self.id, said) { Self.close(first, other, proxy) }
                }
                proxy.cut = .reply
                other.notes.write(SharedNote(Array("runs".utf8), whenGone: Array("lost".utf8)), under: Self.id)
                other.notes.write(SharedNote(Array("done".utf8)), under: Self.id)
            }
        }
        #expect(said.lines == ["done"])
    }

    @Test("However many are written, a few are on the way at a time, and all come to be")
    func many() async throws {
        let said = Log()
        let caller = try RedisCaller(redis.path)
        try await redis.withServers { first, other, proxy in
            other.start { _ in
                proxy.cut = .silence
                for number in 1...1_000 { other.notes.write(SharedNote(Array("a".utf8)), under: .test(number)) }
                for number in 1...900 { other.notes.remove(.test(number)) }
                said("\(other.notes.count) held")
                other.log.onTrouble = { trouble in
                    guard trouble == nil else { return }
                    other.log.onTrouble = nil
                    said("\(other.notes.count) held")
                    other.tell(.test(1_000), said) {}
                    Self.waitUntil({ other.notes.count == 0 }) {
                        said("\((try? caller.ask("DBSIZE").integer) ?? 0 >= 100)")
                        Self.close(first, other, proxy)
                    }
                }
                proxy.cut = nil
                proxy.breakAll()
            }
        }
        #expect(said.lines == ["116 held", "100 held", "nothing", "true"])
    }

    @LoopActor
    private static func waitUntil(_ isTrue: @escaping () -> Bool, _ done: @escaping () -> Void) {
        EventLoop.current.setInterval(.milliseconds(1)) { timer in
            guard isTrue() else { return }
            timer.cancel()
            done()
        }
    }

    // MARK: - The scripts

    @Test("A server that was buried, or an older connection, writes no note and reads none")
    func fences() throws {
        let (first, other) = (try RedisTester(redis, named: "1"), try RedisTester(redis, named: "2"))
        let key = first.keys.note(of: Self.id)
        #expect(try first.run(.writeNote, key, "new", "", "60000")?.verdict == .kept)
        _ = try other.caller.ask("HDEL", other.keys.servers, other.number)
        #expect(try other.run(.writeNote, key, "old", "", "60000")?.verdict == .fenced)
        #expect(try other.run(.readNote, key)?.verdict == .fenced)
        #expect(try first.run(.readNote, key)?.words.first.map { String(decoding: $0, as: UTF8.self) } == "new")
    }
}

extension LogDesk {
    fileprivate var notes: RedisNotes { (log as? RedisLog)?.ownNotes ?? RedisNotes() }

    /// Says what stands in a note.
    fileprivate func tell(_ id: TaskID, _ said: Log, _ done: @escaping () -> Void) {
        notes.read(id) { result in
            switch result {
            case .success(let text): said(text.map { String(decoding: $0, as: UTF8.self) } ?? "nothing")
            case .failure(let error): said(error.message)
            }
            done()
        }
    }
}
