import SeededRandom
import TaskEngine
import Testing

@testable import TaskStorage

@Suite("Values as bytes of our own")
struct CompactTests {
    @Test("A work state is read as it was written, to the last bit", arguments: 1...200)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let state = random.workState()
        #expect(WorkState(compact: state.compact) == state, "seed \(seed)")
        let settings = random.projectSettings()
        #expect(ProjectSettings(compact: settings.compact) == settings, "seed \(seed)")
    }

    @Test("A byte that is another, is missing or is too many is no value", arguments: 1...12)
    func damage(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let whole = random.workState().compact
        for place in whole.indices {
            var bytes = whole
            bytes[place] ^= UInt8.random(in: 1...255, using: &random)
            #expect(WorkState(compact: bytes) == nil, "seed \(seed), byte \(place)")
            #expect(WorkState(compact: Array(whole[..<place])) == nil, "seed \(seed), cut at \(place)")
        }
        #expect(WorkState(compact: whole + [0]) == nil)
    }

    @Test("Bytes that have their checksum and say nothing are no value, whatever they are", arguments: 1...20)
    func nonsense(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var output = CompactWriter()
            for _ in 0..<Int.random(in: 0...80, using: &random) {
                output.append(
                    random.once(in: 2) ? UInt8.random(in: 0...2, using: &random) : .random(in: 0...255, using: &random))
            }
            // What it makes of them is its own affair: that it comes back is what is asked.
            _ = WorkState(compact: output.finish())
        }
        #expect(WorkState(compact: []) == nil)
    }

    @Test("A number has the bytes that it needs, and one too large for its kind is none")
    func numbers() {
        let inner = { (value: Int) in value.compact.count - 5 }
        #expect([0, -1, 63, -64].map(inner) == [1, 1, 1, 1])
        #expect([64, -65, 8_191].map(inner) == [2, 2, 2])
        #expect([Int.max, .min].map(inner) == [10, 10])
        for value in [0, 1, -1, .max, .min, 1 << 40] { #expect(Int(compact: value.compact) == value) }
        for (last, isTaken) in [(UInt8(1), true), (2, false)] {
            var output = CompactWriter()
            for _ in 0..<9 { output.append(0xFF) }
            output.append(last)
            #expect((UInt64(compact: output.finish()) != nil) == isTaken)
        }
    }

    @Test("A list that says that it has more members than there are bytes is none")
    func count() {
        for (count, isTaken) in [(UInt64(2), true), (3, false), (.max, false)] {
            var output = CompactWriter()
            output.append(word: count)
            output.write(true)
            output.write(false)
            #expect(([Bool](compact: output.finish()) != nil) == isTaken)
        }
    }

    @Test("A text that is no UTF-8, a number that is none and a case that is none are refused")
    func kinds() {
        func text(_ bytes: [UInt8]) -> PlainText? {
            var output = CompactWriter()
            output.append(counted: bytes)
            return PlainText(compact: output.finish())
        }
        #expect(text([0xC3, 0xA4])?.text == "ä" && text([0xC3]) == nil)
        #expect(Double(compact: 2.5.compact) == 2.5 && Double(compact: Double.infinity.compact) == nil)
        #expect(Duration(compact: Duration.milliseconds(1).compact) == .milliseconds(1))
        #expect(Duration(compact: Duration.milliseconds(-1).compact) == nil)
        #expect(Bool(compact: UInt64(1).compact) == true && Bool(compact: UInt64(2).compact) == nil)
        #expect(DependencyPolicy(compact: UInt64(2).compact) == .ignore)
        #expect(DependencyPolicy(compact: UInt64(3).compact) == nil)
    }

    @Test("A time that no clock shows is none, nor is a task whose time or priority cannot be counted with")
    func times() {
        let furthest: Int64 = 8_640_000_000_000_000
        for (time, isTaken) in [(furthest, true), (-furthest, true), (furthest + 1, false), (.min, false)] {
            #expect((Timestamp(compact: Timestamp(milliseconds: time).compact) != nil) == isTaken)
            #expect((Since(compact: Since(at: time, by: 1).compact) != nil) == isTaken)
        }
        for (priority, isTaken) in [(TaskPriority.range.upperBound, true), (TaskPriority.range.upperBound + 1, false)] {
            let time = Timestamp(milliseconds: 0)
            let task = TaskRecord(
                id: TaskID(high: 1, low: 1), title: "t", priority: priority, createdAt: time, updatedAt: time,
                revision: 1)
            #expect((TaskRecord(compact: task.compact) != nil) == isTaken)
        }
    }

    @Test("A task that needs another one twice is none")
    func needs() {
        for (needs, isTaken) in [([7, 8, 9], true), ([7, 8, 7], false)] {
            let task = TaskRecord(
                id: .test(1), title: "t", dependencies: needs.map { .test($0) }, createdAt: .start, updatedAt: .start,
                revision: 1)
            #expect((TaskRecord(compact: task.compact) != nil) == isTaken)
        }
    }

    @Test("A task that has a lease and is not in progress is none", arguments: TaskStatus.allCases)
    func leases(status: TaskStatus) {
        var work = WorkState()
        work.lease = Lease(worker: "w", fence: 3, length: .seconds(30), timeout: nil, claimKey: nil, since: .start)
        let task = TaskRecord(
            id: .test(1), title: "t", status: status, createdAt: .start, updatedAt: .start, revision: 1, work: work)
        #expect((TaskRecord(compact: task.compact) != nil) == (status == .inProgress))
    }

    @Test("Each case has a place of its own")
    func cases() {
        #expect(Set(Attempt.Outcome.inOrder) == Set(Attempt.Outcome.allCases))
        #expect(Set(DependencyPolicy.inOrder) == Set(DependencyPolicy.allCases))
        #expect(Set(UniqueKey.Conflict.inOrder) == Set(UniqueKey.Conflict.allCases))
        #expect(Set(TaskStatus.inOrder) == Set(TaskStatus.allCases))
        #expect(Set(TaskField.inOrder) == Set(TaskField.allCases))
        #expect(Set(TaskEvent.Cause.Kind.inOrder) == Set(TaskEvent.Cause.Kind.allCases))
        #expect(Set(KeyedChange.Kind.inOrder) == Set(KeyedChange.Kind.allCases))
    }

    @Test("The form of version 1 stays what it is")
    func form() {
        var state = WorkState()
        state.settings.type = "email"
        state.settings.timeout = .some(nil)
        state.attempt = 2
        state.due = .delay(.milliseconds(1_500), since: Timestamp(milliseconds: 7))
        let members: [UInt8] =
            [1] + [1, 5] + Array("email".utf8) + [0, 0, 0, 1, 0, 0, 0, 0]
            + [1, 1, 2, 128, 128, 144, 187, 186, 214, 173, 240, 13, 14] + [0, 4, 0, 0, 0, 0, 0, 0, 0, 0]
        #expect(state.compact.dropLast(4) == members[...])
    }

    /// Members of a lease up to its last byte.
    private let lease: [UInt8] = [1, UInt8(ascii: "w"), 10, 60, 0, 0, 0, 14]

    private func lease(ending last: [UInt8]) -> Lease? {
        var output = CompactWriter()
        for byte in lease + last { output.append(byte) }
        return Lease(compact: output.finish())
    }

    /// What a program that knows no servers reads in the last byte; nil if it refuses that.
    private func readAsBefore(_ bytes: [UInt8]) -> Bool? {
        guard var input = CompactReader(bytes) else { return nil }
        for _ in lease { _ = try? input.byte() }
        return try? Bool(from: &input)
    }

    @Test("A lease of a log that has one writer has the form that it always had, one of several its server behind")
    func leaseForm() throws {
        for (isRenewed, server, last) in [
            (false, 0, [0]), (true, 0, [1]), (false, 1, [2, 2]), (true, 64, [3, 128, 1]),
        ] as [(Bool, Int, [UInt8])] {
            var lease = Lease(
                worker: "w", fence: 5, length: .seconds(30), timeout: nil, claimKey: nil,
                since: Timestamp(milliseconds: 7), server: server)
            lease.isRenewed = isRenewed
            #expect(lease.compact.dropLast(4) == ([1] + self.lease + last)[...])
            #expect(Lease(compact: lease.compact) == lease)
            #expect(self.lease(ending: last) == lease)
            #expect(readAsBefore(lease.compact) == (server == 0 ? isRenewed : nil))
        }
    }

    @Test("A lease's last byte that is none, a server that is missing and one without a number are refused")
    func leaseDamage() {
        for last in [[], [4], [5], [255], [2], [3], [2, 0], [3, 1], [2, 3], [2, 128], [0, 2], [1, 0]] as [[UInt8]] {
            #expect(lease(ending: last) == nil, "\(last)")
        }
        #expect(lease(ending: [2, 4])?.server == 2)
    }
}
