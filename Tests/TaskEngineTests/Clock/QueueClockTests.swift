import TaskEngine
import Testing

@Suite("The queue's clock")
struct QueueClockTests {
    private let id = TaskRecord.waitingID
    private let second: Int64 = 1_000_000_000

    private func time(_ seconds: Double, wall: Int64 = 0) -> QueueClock.Time { .test(seconds, wall: wall) }

    private func leased(_ length: Duration, timeout: Duration? = nil, fence: Int = 5) -> TaskRecord {
        .leased(length, timeout: timeout, fence: fence)
    }

    private func due(_ due: Due, by: Int = 1) -> TaskRecord { .waiting(due, by: by) }

    @Test("A lease that is not renewed runs out at its length and not a nanosecond earlier; it is asked for once")
    func lease() {
        let clock = TestClock()
        clock.hear(leased(.seconds(5)), at: time(10))
        #expect(clock.nextLook(at: time(10)) == .seconds(5))
        #expect(clock.due(at: QueueClock.Time(steady: 15 * second - 1, wall: Timestamp(milliseconds: 0))).isEmpty)
        #expect(clock.due(at: time(15)) == [.expire(id, fence: 5)])
        #expect(clock.due(at: time(99)).isEmpty)
    }

    @Test("A renewal puts the end off from when it came, with its own length; another fence's does nothing")
    func renewal() {
        let clock = TestClock()
        clock.hear(leased(.seconds(5)), at: time(0))
        #expect(!clock.renew(id, fence: 5, length: nil, at: time(4)))
        #expect(!clock.renew(id, fence: 4, length: .seconds(100), at: time(4)))
        #expect(clock.due(at: time(8.9)).isEmpty)
        _ = clock.renew(id, fence: 5, length: .seconds(1), at: time(8.9))
        #expect(clock.due(at: time(9.8)).isEmpty)
        #expect(clock.due(at: time(9.9)) == [.expire(id, fence: 5)])
    }

    @Test("An event that leaves the fence as it is leaves the time as it is")
    func sameFence() {
        let clock = TestClock()
        clock.hear(leased(.seconds(5)), at: time(0))
        clock.hear(leased(.seconds(5)), at: time(4))
        #expect(clock.due(at: time(5)) == [.expire(id, fence: 5)])
    }

    @Test("No renewal reaches beyond the time-out, which is what the task is told then")
    func timeout() {
        let clock = TestClock()
        clock.hear(leased(.seconds(5), timeout: .seconds(7)), at: time(0))
        _ = clock.renew(id, fence: 5, length: nil, at: time(4))
        #expect(clock.lease(of: id)?.end == Timestamp(milliseconds: 3_000))
        #expect(clock.due(at: time(6.9)).isEmpty)
        #expect(clock.due(at: time(7)) == [.timeOut(id, fence: 5)])
    }

    @Test(
        "A delay goes by elapsed time, whatever the clock on the wall does; one that was read has its rest, and no more than all"
    )
    func delay() {
        let delayed = due(.delay(.seconds(10), since: Timestamp(milliseconds: 1_000_000)))
        let clock = TestClock()
        clock.hear(delayed, at: time(0, wall: 1_000_000))
        #expect(clock.due(at: time(9.9, wall: 9_000_000)).isEmpty)
        let over = Due.delay(.seconds(10), since: Timestamp(milliseconds: 1_000_000))
        #expect(clock.due(at: time(10, wall: 0)) == [.wake(id, due: over)])
        for (wall, rest) in [(1_004_000, 6.0), (2_000_000, 0.0), (0, 10.0)] as [(Int64, Double)] {
            clock.hear(delayed, at: time(0, wall: wall), isRead: true)
            #expect(clock.nextLook(at: time(0, wall: wall)) == .seconds(rest))
            clock.forget(id)
        }
    }

    @Test("An instant goes by the clock on the wall, which is looked at each second")
    func instant() {
        let clock = TestClock()
        clock.hear(due(.instant(Timestamp(milliseconds: 60_000))), at: time(0))
        #expect(clock.nextLook(at: time(0)) == .seconds(1))
        #expect(clock.due(at: time(100, wall: 59_999)).isEmpty)
        #expect(clock.nextLook(at: time(100, wall: 59_999)) == .milliseconds(1))
        #expect(clock.due(at: time(100, wall: 60_000)) == [.wake(id, due: .instant(Timestamp(milliseconds: 60_000)))])
        #expect(clock.nextLook(at: time(0)) == nil)
    }

    @Test("A task that waits for something else, or for nothing, is asked for that alone")
    func changes() {
        let clock = TestClock()
        clock.hear(due(.delay(.seconds(1), since: Timestamp(milliseconds: 0))), at: time(0))
        clock.hear(due(.delay(.seconds(9), since: Timestamp(milliseconds: 0)), by: 2), at: time(0))
        #expect(clock.due(at: time(8)).isEmpty && clock.count == 1)
        clock.hear(.waiting(nil), at: time(8))
        #expect(clock.count == 0 && clock.due(at: time(99)).isEmpty)
    }

    @Test("What becomes of a task meanwhile begins no wait anew, nor one that is over and is asked for again")
    func sameWait() {
        let clock = TestClock()
        let wait = Due.delay(.seconds(5), since: Timestamp(milliseconds: 0))
        clock.hear(due(wait), at: time(0))
        clock.hear(due(wait, by: 2), at: time(4))
        #expect(clock.due(at: time(5)) == [.wake(id, due: wait)])
        clock.askAgain(.wake(id, due: wait), for: id, at: time(5))
        clock.hear(due(wait, by: 3), at: time(5))
        #expect(clock.due(at: time(6)) == [.wake(id, due: wait)])
        clock.askAgain(.expire(id, fence: 5), for: id, at: time(6))
        clock.hear(leased(.seconds(5)), at: time(6))
        #expect(clock.due(at: time(7)) == [.expire(id, fence: 5)])
    }

    @Test("Of what is due a portion is taken, the earliest first")
    func portions() {
        let clock = TestClock()
        for number in 0..<1_200 {
            let due = Due.delay(.milliseconds(number), since: Timestamp(milliseconds: 0))
            clock.hear(.waiting(due, id: TaskID(high: 7 << 12, low: UInt64(5_000 - number))), at: time(0))
        }
        let counts = (0..<4).map { _ in clock.takeDue(at: time(9), limit: 500).map(\.task.low) }
        #expect(counts.map(\.count) == [500, 500, 200, 0])
        #expect(counts.joined().elementsEqual((0..<1_200).map { UInt64(5_000 - $0) }))
    }

    @Test("What could not be kept is asked for again a second later, unless the task waits for something else by then")
    func again() {
        let clock = TestClock()
        clock.askAgain(.expire(id, fence: 5), for: id, at: time(0))
        #expect(clock.due(at: time(0.9)).isEmpty)
        #expect(clock.due(at: time(1)) == [.expire(id, fence: 5)])
        clock.hear(leased(.seconds(5), fence: 6), at: time(1))
        clock.askAgain(.expire(id, fence: 5), for: id, at: time(1))
        #expect(clock.due(at: time(3)).isEmpty)
    }

    @Test("A lease that is renewed for a hundred times its length is told once")
    func longLease() {
        let clock = TestClock()
        clock.hear(leased(.seconds(5)), at: time(0))
        let told = stride(from: 0.0, through: 600, by: 4).filter {
            clock.renew(id, fence: 5, length: nil, at: time($0))
        }
        #expect(told == [504])
    }
}
