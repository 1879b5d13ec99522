import LoopTesting
import TaskEngine
import Testing

@testable import TaskStorage

@Suite("What Redis does in one step")
struct RedisScriptTests {
    private let redis: RedisServer

    init() throws { redis = try RedisServer(in: TemporaryFolder()) }

    // MARK: - Joining

    @Test("Each server has a number of its own, keeps it over its connections, and what an older one sends is refused")
    func joining() throws {
        let first = try RedisTester(redis, named: "1")
        let other = try RedisTester(redis, named: "2")
        #expect(first.number == "1" && other.number == "2" && first.end?.position.epoch.number == 7)
        let again = try RedisTester(redis, named: "1", number: "1", epoch: 8)
        #expect(again.number == "1" && again.end?.position.epoch.number == 7)
        for script in [RedisScript.agree, .append, .beat, .bury, .forget, .leave] {
            #expect(try first.run(script, "0", "0", "0")?.verdict == .fenced, "\(script)")
        }
        #expect(try again.append(["e"], behind: 0, 0, as: 10)?.verdict == .kept)
        #expect(try first.append(["e"], behind: 1, 10, as: 11)?.verdict == .fenced)
        #expect(try again.place() == ["7", "1", "10"])
    }

    @Test("Who asks for the number of another, or of one that was buried, gets a new one")
    func strangers() throws {
        _ = try RedisTester(redis, named: "1")
        #expect(try RedisTester(redis, named: "11", number: "1").number == "2")
        #expect(try RedisTester(redis, named: "3", number: "9").number == "3")
    }

    @Test("A store of a form that is not known is not touched")
    func form() throws {
        let caller = try RedisCaller(redis.path)
        _ = try caller.ask("HSET", "{test}:end", "form", "9")
        #expect(try RedisTester(redis, named: "1").member == nil)
        #expect(try caller.ask("HLEN", "{test}:end").integer == 1 && caller.ask("DBSIZE").integer == 1)
    }

    // MARK: - Appending

    @Test("An append that comes behind others is told where the log ends and what stands there, its own end in front")
    func behind() throws {
        let (first, other) = (try RedisTester(redis, named: "1"), try RedisTester(redis, named: "2"))
        #expect(try first.append(["a", "b"], behind: 0, 0, as: 10)?.verdict == .kept)
        #expect(try first.append(["c"], behind: 2, 10, as: 11)?.verdict == .kept)
        let returned = try #require(try other.append(["x"], behind: 2, 10, as: 90, rows: ["t", "id", "row"]))
        #expect(returned.verdict == .behind && returned.entries.map(\.sequence) == [2, 3])
        #expect(returned.entries.map(\.append) == [10, 11])
        #expect(try RedisEnd(returned.words).position.sequence == 3)
        #expect(try other.place() == ["7", "3", "11"] && other.count("HLEN", other.keys.tasks) == 0)
    }

    @Test("The same number of another append, or of another history, is not the end", arguments: [7, 8])
    func otherEnds(epoch: Int) throws {
        let first = try RedisTester(redis, named: "1")
        #expect(try first.append(["a"], behind: 0, 0, as: 10)?.verdict == .kept)
        let returned = try first.append(["b"], behind: 1, 99, as: 11, epoch: epoch)
        #expect(returned?.verdict == .behind && returned?.entries.count == (epoch == 7 ? 1 : 0))
        #expect(try first.place() == ["7", "1", "10"])
    }

    @Test("What an append is told is 256 entries, or 256 KiB and one more")
    func limits() throws {
        let first = try RedisTester(redis, named: "1")
        #expect(try first.append(Array(repeating: "a", count: 300), behind: 0, 0, as: 10)?.verdict == .kept)
        #expect(try first.append(["b"], behind: 0, 0, as: 11)?.entries.count == 256)
        let large = String(repeating: "a", count: 100_000)
        #expect(try first.append(Array(repeating: large, count: 5), behind: 300, 10, as: 11)?.verdict == .kept)
        #expect(try first.append(["b"], behind: 300, 10, as: 12)?.entries.map(\.sequence) == [300, 301, 302, 303])
    }

    @Test("An append of nothing is kept where the log ends so, and writes nothing")
    func nothing() throws {
        let first = try RedisTester(redis, named: "1")
        #expect(try first.append([], behind: 0, 0, as: 10)?.verdict == .kept)
        #expect(try first.place() == ["7", "0", "0"])
        #expect(try first.append([], behind: 1, 0, as: 10)?.verdict == .behind)
    }

    @Test("Rows are written and taken out with the append; of a task that others need stays when it was deleted")
    func rows() throws {
        let first = try RedisTester(redis, named: "1")
        let rows = [
            ["n", "A", ""], ["t", "A", "row"], ["b", "Ap", "payload"], ["b", "Br", "x"], ["t", "B", "row"],
            ["p", "~", "settings"],
        ].flatMap { $0 }
        #expect(try first.append(["a"], behind: 0, 0, as: 10, rows: rows)?.verdict == .kept)
        #expect(try first.count("HLEN", first.keys.tasks) == 2 && first.count("HLEN", first.keys.bodies) == 2)
        let gone = ["T", "A", "2", "T", "B", "2", "k", "2-0", "keyed"]
        #expect(try first.append(["b"], behind: 1, 10, as: 11, rows: gone)?.verdict == .kept)
        for key in [first.keys.tasks, first.keys.bodies] { #expect(try first.count("HLEN", key) == 0) }
        #expect(try first.count("XLEN", first.keys.keyed) == 1 && first.count("SCARD", first.keys.needed) == 0)
        #expect(try first.caller.ask("HGETALL", first.keys.gone).array?.compactMap(\.text) == ["A", "2"])
    }

    // MARK: - The turn

    @Test("While it is a server's turn others wait, not that one; it ends with what that one keeps")
    func turn() throws {
        let (near, far) = (try RedisTester(redis, named: "1"), try RedisTester(redis, named: "2"))
        #expect(try near.append(["a"], behind: 0, 0, as: 10)?.verdict == .kept)
        #expect(try far.append(["x"], behind: 0, 0, as: 20, turn: 60_000)?.verdict == .behind)
        let busy = try #require(try near.append(["b"], behind: 1, 10, as: 11))
        #expect(busy.verdict == .busy)
        let left = busy.words.first.flatMap { DecimalNumber.read($0) }
        #expect((50_000...60_000).contains(left ?? 0), "it is told how long it lasts")
        #expect(try near.append([], behind: 1, 10, as: 11)?.verdict == .kept, "nothing is in nobody's way")
        #expect(try near.append(["b"], behind: 0, 0, as: 11, turn: 60_000)?.verdict == .behind, "it is taken")
        #expect(try far.append(["x"], behind: 1, 10, as: 20)?.verdict == .kept)
        #expect(try near.append(["b"], behind: 2, 20, as: 11)?.verdict == .kept)
    }

    @Test("A turn ends by itself in the time that was asked for")
    func turnEnds() throws {
        let far = try RedisTester(redis, named: "2")
        _ = try far.append(["x"], behind: 9, 9, as: 20, turn: 60_000)
        let left = try far.caller.ask("PTTL", far.keys.turn).integer ?? 0
        #expect((50_000...60_000).contains(left))
    }
}

// MARK: - Settings

extension RedisScriptTests {
    @Test("The first server's settings are the store's; others are told what differs, and write nothing")
    func settings() throws {
        let (first, other) = (try RedisTester(redis, named: "1"), try RedisTester(redis, named: "2"))
        func texts(_ words: [[UInt8]]?) -> [String] { words?.map { String(decoding: $0, as: UTF8.self) } ?? [] }
        func list(_ returned: RedisReturn?) -> [String] { texts(returned?.list) }
        func version(_ returned: RedisReturn?) -> [String] { texts(returned?.words) }
        func beat() throws -> String? { version(try other.run(.beat)).last }
        #expect(try beat() == "0")
        var returned = try first.run(.agree, "0", "--a", "1", "--b", "2")
        #expect(returned?.verdict == .kept && version(returned) == ["1"] && list(returned) == [])
        returned = try other.run(.agree, "0", "--a", "1", "--b", "3", "--c", "4")
        #expect(returned?.verdict == .differs && version(returned) == ["1"] && list(returned) == ["--b", "2"])
        #expect(try first.count("HLEN", first.keys.settings) == 2 && beat() == "1")
        returned = try other.run(.agree, "0", "--b", "2", "--c", "4")
        #expect(returned?.verdict == .kept && version(returned) == ["2"], "what is new is added")
        returned = try other.run(.agree, "1", "--a", "1", "--b", "3")
        #expect(returned?.verdict == .kept && version(returned) == ["3"])
        #expect(try beat() == "3")
        returned = try other.run(.agree, "1", "--a", "1", "--b", "3")
        #expect(version(returned) == ["3"], "nothing has changed")
        #expect(list(try first.run(.agree, "0", "--a", "1", "--b", "2")) == ["--b", "3"])
    }
}

// MARK: - Servers that come and go

extension RedisScriptTests {
    @Test("A beat tells the end and all servers with their counts")
    func beat() throws {
        let (first, other) = (try RedisTester(redis, named: "1"), try RedisTester(redis, named: "2"))
        _ = try other.run(.beat)
        let returned = try #require(try first.run(.beat))
        let words = returned.words.map { String(decoding: $0, as: UTF8.self) }
        #expect(words.prefix(3) == ["7", "0", "0"])
        let rest = returned.list.map { String(decoding: $0, as: UTF8.self) }
        let pairs = stride(from: 0, to: rest.count, by: 2).map { "\(rest[$0]): \(rest[$0 + 1])" }
        #expect(Set(pairs) == ["1: 2", "2: 2"])
    }

    @Test("There may be more servers than Lua's stack has room for")
    func crowd() throws {
        let (first, count) = (try RedisTester(redis, named: "1"), 20_000)
        for key in [first.keys.beats, first.keys.loading] {
            var command = RedisCommand("HSET", key)
            for number in 2...count {
                command.append("\(number)")
                command.append("7")
            }
            _ = try first.caller.ask(command)
        }
        #expect(try first.run(.beat)?.list.count == 2 * count)
        #expect(try first.run(.trim, "9")?.verdict == .kept)
    }

    @Test("A server that counts no more is buried and refused; one that has counted since is not")
    func burial() throws {
        let (first, dead) = (try RedisTester(redis, named: "1"), try RedisTester(redis, named: "2"))
        #expect(try first.run(.bury, "2", "0")?.verdict == .busy)
        #expect(try dead.run(.beat)?.verdict == .kept)
        #expect(try first.run(.bury, "2", "1")?.verdict == .busy)
        #expect(try dead.append(["a"], behind: 0, 0, as: 10)?.verdict == .kept)
        #expect(try first.run(.bury, "2", "2")?.verdict == .kept)
        #expect(try dead.append(["a"], behind: 1, 10, as: 11)?.verdict == .fenced)
        #expect(try dead.run(.beat)?.verdict == .fenced && first.count("HLEN", first.keys.beats) == 1)
        #expect(try RedisTester(redis, named: "2", number: "2").number == "3")
    }

    @Test("A server that leaves is in no list any more")
    func leaving() throws {
        let (first, other) = (try RedisTester(redis, named: "1"), try RedisTester(redis, named: "2"))
        _ = try other.caller.ask("HSET", other.keys.loading, "2", "0")
        #expect(try other.run(.leave)?.verdict == .kept)
        for key in [first.keys.servers, first.keys.beats] { #expect(try first.count("HLEN", key) == 1) }
        #expect(try first.count("HLEN", first.keys.loading) == 0)
    }

    @Test("Of two servers that see at once that the history was lost, one begins another, and both have that")
    func forgetting() throws {
        let (first, other) = (try RedisTester(redis, named: "1"), try RedisTester(redis, named: "2"))
        _ = try first.append(["a"], behind: 0, 0, as: 10, rows: ["t", "A", "row"])
        #expect(try first.run(.forget, "7", "71", "4294967296")?.verdict == .kept)
        #expect(try other.run(.forget, "7", "72", "8589934592")?.verdict == .kept)
        #expect(try first.place() == ["71", "4294967296", "0"])
        #expect(try first.count("XLEN", first.keys.events) == 0 && first.count("HLEN", first.keys.tasks) == 1)
    }

    @Test("What a server needs that reads the store is not trimmed until it has read it")
    func trimming() throws {
        let (first, loader) = (try RedisTester(redis, named: "1"), try RedisTester(redis, named: "2"))
        _ = try first.append(Array(repeating: "a", count: 500), behind: 0, 0, as: 10)
        _ = try loader.caller.ask("HSET", loader.keys.loading, "2", "100")
        #expect(try first.run(.trim, "51")?.verdict == .kept)
        #expect(try first.count("XLEN", first.keys.events) == 450)
        #expect(try first.run(.trim, "401")?.verdict == .kept)
        #expect(try first.count("XLEN", first.keys.events) == 400)
        _ = try loader.caller.ask("HDEL", loader.keys.loading, "2")
        #expect(try first.run(.trim, "401")?.verdict == .kept)
        #expect(try first.count("XLEN", first.keys.events) == 100)
    }
}
