import LoopTesting
import SeededRandom
import TaskEngine
import Testing
import UVCore

@testable import TaskStorage

@Suite("Servers that share a log on Redis")
struct RedisServersTests {
    private let redis: RedisServer
    private let keys = RedisKeys("taskflow")

    init() throws { redis = try RedisServer(in: TemporaryFolder()) }

    private static func creation(_ number: Int) throws -> [TaskCommand.Action] {
        [.create(.test(number), try TaskFields(title: "t"))]
    }

    @LoopActor
    private static func close(_ first: LogDesk, _ other: LogDesk, _ proxy: RedisProxy) {
        first.log.close { other.log.close { proxy.close() } }
    }

    // MARK: - Reading while others write

    /// The first bytes of the command that begins to read a part of the store.
    private func reading(_ key: String) -> String {
        let isStream = key.utf8.elementsEqual(keys.keyed.utf8) || key.utf8.elementsEqual(keys.events.utf8)
        return "\(isStream ? "XRANGE" : "HSCAN")\r\n$\(key.utf8.count)\r\n\(key)\r\n\(isStream ? "" : "$1\r\n0\r\n")"
    }

    @Test("What others write while a server reads the store is there once, wherever the reading is", arguments: 0..<5)
    func loading(place: Int) async throws {
        let parts = [keys.bodies, keys.tasks, keys.projects, keys.gone, keys.keyed]
        var random = SeededGenerator(seed: UInt64(place + 1))
        let batches = try random.batches()
        let (before, meanwhile) = (Array(batches[..<(batches.count / 2)]), Array(batches[(batches.count / 2)...]))
        let said = Log()
        let word = reading(parts[place])
        try await redis.withServers { first, other, proxy in
            first.submitAll(before) {
                proxy.hold = (word, { goOn in first.submitAll(meanwhile, then: goOn) })
                other.start { result in
                    let isSame = other.ledger.store.isSame(as: first.ledger.store)
                    said("\((try? result.get()) != nil) \(isSame) \(other.position == first.position)")
                    Self.close(first, other, proxy)
                }
            }
        }
        #expect(said.lines == ["true true true"])
    }

    @Test("What a server needs that reads the store is there until it has read it, however short the history is")
    func trimming() async throws {
        let many = try (1...2_500).map { TaskCommand.Action.create(.test($0), try TaskFields(title: "t")) }
        let said = Log()
        let word = reading(keys.tasks)
        try await redis.withServers(limits: HistoryLimits(count: 10)) { first, other, proxy in
            proxy.hold = (
                word,
                { goOn in
                    proxy.hold = (
                        word,
                        { goOn in
                            said("it is read once more")
                            goOn()
                        }
                    )
                    first.submit(many) {
                        (first.log as? RedisLog)?.prune()
                        // Behind it.
                        first.submit([], then: goOn)
                    }
                }
            )
            other.start { start in
                if case .failure(let error) = start { said("\(error)") }
                said("\(other.ledger.store.count) tasks")
                Self.close(first, other, proxy)
            }
        }
        #expect(said.lines == ["2500 tasks"])
    }

    // MARK: - Writing at once

    @Test("Of two that append at once, one comes behind the other, has its events, and decides anew")
    func behind() async throws {
        let (one, two) = (try Self.creation(1), try Self.creation(2))
        let said = Log()
        try await redis.withServers { first, other, proxy in
            other.start { _ in
                var waiting = 2
                @LoopActor func conclude() {
                    waiting -= 1
                    guard waiting == 0 else { return }
                    said("\(first.ledger.store.count + other.ledger.store.count) of both")
                    // Each knows one; what the other has written comes in front of the next append.
                    let late = first.position == other.position ? other : first
                    late.submit([]) {
                        said("\(late.ledger.store.count) task, \(late.failures.count) failures")
                        Self.close(first, other, proxy)
                    }
                }
                first.submit(one, then: conclude)
                other.submit(two, then: conclude)
            }
        }
        #expect(said.lines == ["2 of both", "1 task, 0 failures"])
    }

    @Test("An append that meets another's turn is not sent again as it was when that one has kept something")
    func turn() async throws {
        let (one, two, three) = (try Self.creation(1), try Self.creation(2), try Self.creation(3))
        // An event of long ago would be removed.
        let now = SystemTime.milliseconds()
        let said = Log()
        let caller = try RedisCaller(redis.path)
        try await redis.withServers { first, other, proxy in
            other.start { _ in
                first.submit(one, at: now) {
                    other.onNews = { _ in
                        other.onNews = nil
                        // It is the turn of the first, for a minute.
                        _ = try? caller.ask("SET", keys.turn, "\(first.log.server)", "PX", "60000")
                        let before = Self.appends(caller)
                        other.submit(two, at: now) {
                            said("\(other.ledger.store.count) tasks, \(other.failures.count) failures")
                            said("\(Self.appends(caller) - before) appends")
                            other.submit(two, at: now) {
                                said("\(other.ledger.store.count) tasks")
                                Self.close(first, other, proxy)
                            }
                        }
                        EventLoop.current.setInterval(.milliseconds(1)) { timer in
                            guard Self.appends(caller) > before else { return }
                            timer.cancel()
                            first.submit(three, at: now) {}
                        }
                    }
                }
            }
        }
        #expect(said.lines == ["2 tasks, 0 failures", "2 appends", "3 tasks"])
    }

    @Test("A turn that is not used ends by itself, and then the append that met it is kept")
    func unusedTurn() async throws {
        let one = try Self.creation(1)
        let said = Log()
        let caller = try RedisCaller(redis.path)
        try await redis.withServers { first, other, proxy in
            _ = try caller.ask("SET", keys.turn, "99", "PX", "100")
            let before = Self.appends(caller)
            first.submit(one) {
                said("\(first.ledger.store.count) task, \(Self.appends(caller) - before) appends")
                Self.close(first, other, proxy)
            }
        }
        #expect(said.lines == ["1 task, 2 appends"])
    }

    @Test("An append that met a turn is sent once more when that has ended, not in its last millisecond")
    func endOfTurn() async throws {
        let said = Log()
        let caller = try RedisCaller(redis.path)
        try await redis.withServers { first, other, proxy in
            // A loop that wakes at any time waits for whole milliseconds from then: up to one less than it was asked to.
            let wakes = EventLoop.current.setInterval(.milliseconds(1)) {}
            @LoopActor func submit(_ number: Int) throws {
                _ = try caller.ask("SET", keys.turn, "99", "PX", "10")
                let before = Self.appends(caller)
                first.submit(try Self.creation(number)) {
                    let appends = Self.appends(caller) - before
                    if appends > 2 { said("\(appends) appends of task \(number)") }
                    guard number < 100 else {
                        wakes.cancel()
                        return Self.close(first, other, proxy)
                    }
                    do { try submit(number + 1) } catch { Issue.record(error) }
                }
            }
            try submit(1)
        }
        #expect(said.lines == [])
    }

    /// How many appends have stood at the end of the log: they look whose turn it is.
    private static func appends(_ caller: RedisCaller) -> Int {
        let text = (try? caller.ask("INFO", "commandstats").text) ?? ""
        let calls = text.firstRange(of: "cmdstat_get:calls=").map { text[$0.upperBound...].prefix { $0.isNumber } }
        return calls.flatMap { Int($0) } ?? 0
    }

    // MARK: - Coming back

    @Test("A server that others have buried keeps nothing, comes back as another one, and goes on")
    func burial() async throws {
        let (one, two) = (try Self.creation(1), try Self.creation(2))
        let said = Log()
        let caller = try RedisCaller(redis.path)
        try await redis.withServers { first, other, proxy in
            let number = first.log.server
            _ = try caller.ask("HDEL", keys.servers, "\(number)")
            first.log.onTrouble = { trouble in
                guard trouble == nil else { return }
                first.log.onTrouble = nil
                said(first.log.server > number ? "another" : "the same")
                first.submit(two) {
                    said("\(first.ledger.store.count) task")
                    first.log.close { proxy.close() }
                }
            }
            first.submit(one) { said("\(first.failures.count) failure, \(first.ledger.store.count) tasks") }
        }
        #expect(said.lines == ["1 failure, 0 tasks", "another", "1 task"])
    }

    @Test("What others write while a lost connection is made again is no other history")
    func catchingUp() async throws {
        let (one, two) = (try Self.creation(1), try Self.creation(2))
        let said = Log()
        let word = reading(keys.events)
        try await redis.withServers { first, other, proxy in
            other.start { _ in
                let number = other.log.server
                other.onReload = { _ in
                    said("read anew")
                    Self.close(first, other, proxy)
                }
                other.onNews = { events in
                    said("\(events.count) more to \(other.log.server == number ? "the same" : "another")")
                    if other.ledger.store.count == 2 { Self.close(first, other, proxy) }
                }
                proxy.isClosed = true
                proxy.breakAll()
                first.submit(one) {
                    proxy.hold = (word, { goOn in first.submit(two, then: goOn) })
                    proxy.isClosed = false
                }
            }
        }
        #expect(said.lines == ["1 more to the same", "1 more to the same"])
    }

    @Test("A server that has been told what does not follow reads all anew, in the same history")
    func readingAnew() async throws {
        let (one, two) = (try Self.creation(1), try Self.creation(2))
        let said = Log()
        try await redis.withServers { first, other, proxy in
            other.start { _ in
                let epoch = other.position?.epoch
                other.log.onReload = { start in
                    said("\(start.store.count) tasks, \(start.position.epoch == epoch)")
                    Self.close(first, other, proxy)
                }
                other.onNews = { _ in first.submit(two) { other.log.readAnew() } }
                first.submit(one) {}
            }
        }
        #expect(said.lines == ["2 tasks, true"])
    }

    @Test("Servers that see together that the history was lost go on in the same other one, behind all numbers")
    func forgetting() async throws {
        let (one, two) = (try Self.creation(1), try Self.creation(2))
        let said = Log()
        let caller = try RedisCaller(redis.path)
        try await redis.withServers { first, other, proxy in
            first.submit(one) {
                other.start { _ in
                    var known: [LogPosition] = []
                    @LoopActor func take(_ start: LogStart) {
                        known.append(start.position)
                        said("\(start.store.count) task")
                        guard known.count == 2 else { return }
                        said(known[0] == known[1] ? "in one history" : "in two")
                        said("behind \(known[0].sequence >> 32)")
                        first.submit(two) {
                            said("\(first.ledger.store.count) tasks, \(first.failures.count) failures")
                            Self.close(first, other, proxy)
                        }
                    }
                    (first.onReload, other.onReload) = (take, take)
                    // As an older file has it.
                    _ = try? caller.ask("DEL", keys.events)
                    _ = try? caller.ask("HSET", keys.end, "seq", "0", "append", "0")
                    _ = try? caller.ask("CLIENT", "KILL", "TYPE", "normal")
                }
            }
        }
        #expect(said.lines == ["1 task", "1 task", "in one history", "behind 1", "2 tasks, 0 failures"])
    }
}
