import TaskEngine
import Testing

@testable import TaskStorage

@Suite("What stands in a log on Redis behind a position")
struct RedisReadingTests {
    private let end = RedisEnd(
        position: LogPosition(epoch: LogEpoch(number: 7), sequence: 2, append: 20), lastID: nil)

    private func event(_ sequence: Int) -> TaskEvent {
        TaskEvent(
            .deleted(.test(sequence)), sequence: sequence, requestID: "", timestamp: Timestamp(milliseconds: 0))
    }

    private func entry(_ sequence: Int, of append: Int, bytes: [UInt8]? = nil) -> RedisStream.Entry {
        let value = bytes ?? event(sequence).compact
        return RedisStream.Entry(
            sequence: sequence,
            fields: [
                .bytes(Array("e".utf8)), .bytes(value), .bytes(Array("a".utf8)), .bytes(Array("\(append)".utf8)),
            ])
    }

    /// What it is, and what was read of it.
    private func reading(_ entries: RedisStream.Entry...) -> String {
        switch RedisReading(entries, behind: end) {
        case .events(let events, let append, let reached):
            "\(events.map(\.sequence)) of \(append), to \(reached.position.sequence) of \(reached.position.append)"
        case .lost: "lost"
        case .gone: "gone"
        case .damaged: "damaged"
        }
    }

    @Test("Events come in order, whether the position's own is in front of them or not")
    func events() {
        #expect(reading(entry(3, of: 30), entry(4, of: 31)) == "[3, 4] of 30, to 4 of 31")
        #expect(reading(entry(2, of: 20), entry(3, of: 30)) == "[3] of 30, to 3 of 30")
        #expect(reading(entry(1, of: 10), entry(2, of: 20), entry(3, of: 30)) == "[3] of 30, to 3 of 30")
        #expect(reading(entry(2, of: 20)) == "[] of 20, to 2 of 20")
        #expect(reading() == "[] of 20, to 2 of 20")
    }

    @Test("The event of the position that another append has written means that it was lost, wherever others stand")
    func lost() {
        #expect(reading(entry(2, of: 21), entry(3, of: 30)) == "lost")
        #expect(reading(entry(1, of: 10), entry(2, of: 21)) == "lost")
        #expect(reading(entry(2, of: 21), entry(4, of: 30)) == "lost")
    }

    @Test("A number that is left out means that events are gone; those in front of it are not given")
    func gone() {
        #expect(reading(entry(4, of: 30)) == "gone")
        #expect(reading(entry(2, of: 20), entry(3, of: 30), entry(5, of: 31)) == "gone")
    }

    @Test("An event that cannot be read, or that has another number than its entry, is damaged")
    func damaged() {
        var spoiled = event(3).compact
        spoiled[spoiled.count / 2] ^= 1
        #expect(reading(entry(3, of: 30, bytes: spoiled)) == "damaged")
        #expect(reading(entry(3, of: 30, bytes: [])) == "damaged")
        #expect(reading(entry(3, of: 30), entry(4, of: 31, bytes: event(5).compact)) == "damaged")
        let bare = RedisStream.Entry(sequence: 3, fields: [.bytes(Array("e".utf8)), .bytes(event(3).compact)])
        #expect(reading(bare) == "damaged", "an entry without its append")
    }

    @Test("An entry of a stream is read as far as it has parts")
    func entries() {
        let fields = RedisReply.array([.bytes(Array("e".utf8))])
        let whole = RedisReply.array([.bytes(Array("12-0".utf8)), fields])
        #expect(RedisStream.entries(.array([whole]))?.map(\.sequence) == [12])
        #expect(RedisStream.entries(.array([whole]))?[0].append == nil)
        for id in ["", "a-0", "18446744073709551615-0"] {
            let entry = RedisReply.array([.bytes(Array(id.utf8)), fields])
            #expect(RedisStream.entries(.array([whole, entry]))?.count == nil, "\(id)")
        }
        #expect(RedisStream.entries(.array([.array([.bytes(Array("1-0".utf8))])]))?.count == nil)
        #expect(RedisStream.entries(.null)?.count == nil)
        #expect(RedisStream.news(.null)?.count == 0)
        #expect(RedisStream.news(.array([]))?.count == nil)
        #expect(RedisStream.news(.array([.array([.bytes([]), .array([whole])])]))?.map(\.sequence) == [12])
    }
}
