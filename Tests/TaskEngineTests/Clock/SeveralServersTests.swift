import TaskEngine
import Testing

@Suite("The queue's clock among those of other servers")
struct SeveralServersTests {
    private let id = TaskRecord.waitingID

    private func time(_ seconds: Double, wall: Int64 = 0) -> QueueClock.Time { .test(seconds, wall: wall) }

    /// A lease of 5 s that server 2 keeps.
    private func lease(timeout: Duration? = nil, server: Int = 2, length: Duration = .seconds(5)) -> TaskRecord {
        .leased(length, timeout: timeout, server: server)
    }

    @Test("A lease that another server keeps has no end here while that one lives, and is shown as the log knows it")
    func alive() {
        let clock = TestClock()
        clock.hear(.leased(.seconds(5), server: 2, since: 7_000), at: time(0, wall: 9_000), isOthers: true)
        #expect(clock.count == 1)
        #expect(clock.due(at: time(1_000), others: [2]).isEmpty)
        #expect(clock.lease(of: id)?.length == .seconds(5))
        #expect(clock.lease(of: id)?.end == Timestamp(milliseconds: 12_000))
        #expect(!clock.renew(id, fence: 5, length: .seconds(9), at: time(1_000)), "the log says it, or nothing does")
        #expect(clock.lease(of: id)?.length == .seconds(5))
        clock.forget(id)
        #expect(clock.count == 0 && !clock.inherit(from: 2, at: time(1_000)))
    }

    @Test("When its server dies it has its full length from then, and not a nanosecond less")
    func death() {
        let clock = TestClock()
        clock.hear(lease(), at: time(0), isOthers: true)
        #expect(!clock.inherit(from: 3, at: time(50)), "another one's death")
        #expect(clock.due(at: time(90), others: [2]).isEmpty)
        #expect(!clock.inherit(from: 2, at: time(100, wall: 80_000)))
        #expect(clock.lease(of: id)?.end == Timestamp(milliseconds: 85_000))
        #expect(clock.nextLook(at: time(100)) == .seconds(5))
        #expect(clock.due(at: QueueClock.Time(steady: 105_000_000_000 - 1, wall: time(0).wall)).isEmpty)
        #expect(clock.due(at: time(105)) == [.expire(id, fence: 5, keeper: 2)])
        #expect(clock.count == 0)
    }

    @Test("A lease of a server that is dead when it is heard of begins then")
    func deadAtLoad() {
        let clock = TestClock()
        clock.hear(lease(), at: time(7), isRead: true)
        #expect(clock.due(at: time(11.9)).isEmpty)
        #expect(clock.due(at: time(12)) == [.expire(id, fence: 5, keeper: 2)])
    }

    @Test("The time-out counts from the claim, also where the lease was another server's: as far as that was heard of")
    func timeout() {
        for isRead in [false, true] {
            let clock = TestClock()
            clock.hear(lease(timeout: .seconds(60)), at: time(10), isRead: isRead, isOthers: true)
            _ = clock.inherit(from: 2, at: time(68))
            #expect(clock.due(at: time(69.9)).isEmpty)
            #expect(clock.due(at: time(70)) == [.timeOut(id, fence: 5)])
        }
    }

    @Test("That the attempt's time is over is seen however late it is looked at", arguments: [7, 20])
    func lateLook(seconds: Double) {
        let clock = TestClock()
        clock.hear(lease(timeout: .seconds(7), length: .seconds(6)), at: time(0), isRead: true)
        // It was alive, and dies again: its lease would end at 9 s.
        _ = clock.inherit(from: 2, at: time(3))
        #expect(clock.due(at: time(seconds)) == [.timeOut(id, fence: 5)])
    }

    @Test("A lease that has come here by a renewal has its full length from then, and the attempt's time-out")
    func movedHere() {
        for isDead in [false, true] {
            let clock = TestClock()
            clock.hear(lease(timeout: .seconds(9)), at: time(0), isOthers: !isDead)
            clock.hear(lease(timeout: .seconds(9), server: 1), at: time(3, wall: 3_000))
            #expect(clock.lease(of: id)?.end == Timestamp(milliseconds: 8_000))
            #expect(clock.due(at: time(7.9)).isEmpty)
            #expect(!clock.renew(id, fence: 5, length: nil, at: time(7.9)))
            #expect(clock.due(at: time(8.9)).isEmpty)
            #expect(clock.due(at: time(9)) == [.timeOut(id, fence: 5)])
        }
        let clock = TestClock()
        clock.hear(lease(), at: time(0), isOthers: true)
        clock.hear(lease(server: 1), at: time(3))
        #expect(clock.due(at: time(7.9)).isEmpty)
        #expect(clock.due(at: time(8)) == [.expire(id, fence: 5, keeper: 1)])
    }

    @Test("A lease that has gone to another server runs out here no more, nor is asked for again")
    func movedAway() {
        let clock = TestClock()
        clock.hear(lease(server: 1), at: time(0))
        clock.hear(lease(server: 2), at: time(3), isOthers: true)
        #expect(clock.due(at: time(99), others: [2]).isEmpty && clock.count == 1)
        clock.forget(id)
        clock.hear(lease(server: 1), at: time(100))
        #expect(clock.due(at: time(105)) == [.expire(id, fence: 5, keeper: 1)])
        clock.askAgain(.expire(id, fence: 5, keeper: 1), for: id, at: time(105))
        clock.hear(lease(server: 2), at: time(105), isOthers: true)
        #expect(clock.due(at: time(200), others: [2]).isEmpty)
        clock.hear(lease(server: 1), at: time(200))
        #expect(clock.due(at: time(204.9)).isEmpty)
        #expect(clock.due(at: time(205)) == [.expire(id, fence: 5, keeper: 1)])
    }

    @Test("From one server to the next, a lease is the last one's: the death of the former is nothing to it")
    func movedAmongOthers() {
        let clock = TestClock()
        clock.hear(lease(server: 2), at: time(0), isOthers: true)
        clock.hear(lease(server: 3), at: time(1), isOthers: true)
        #expect(!clock.inherit(from: 2, at: time(2)))
        #expect(clock.due(at: time(99), others: [3]).isEmpty)
        #expect(!clock.inherit(from: 3, at: time(100)))
        #expect(clock.due(at: time(105)) == [.expire(id, fence: 5, keeper: 3)])
    }

    @Test("A lease that has become longer at its server is inherited so; another event changes nothing")
    func longer() {
        let clock = TestClock()
        clock.hear(lease(), at: time(0), isOthers: true)
        clock.hear(lease(length: .seconds(40)), at: time(1), isOthers: true)
        #expect(clock.lease(of: id)?.length == .seconds(40))
        _ = clock.inherit(from: 2, at: time(2))
        clock.hear(lease(length: .seconds(40)), at: time(30))
        #expect(clock.due(at: time(41.9)).isEmpty)
        #expect(clock.due(at: time(42)) == [.expire(id, fence: 5, keeper: 2)])
    }

    @Test("A server that was taken for dead and is alive keeps its leases, until it dies again")
    func revival() {
        let clock = TestClock()
        clock.hear(lease(), at: time(0), isOthers: true)
        _ = clock.inherit(from: 2, at: time(1))
        #expect(clock.due(at: time(6), others: [2]).isEmpty && clock.count == 1)
        #expect(clock.due(at: time(50), others: [2]).isEmpty)
        _ = clock.inherit(from: 2, at: time(60))
        #expect(clock.due(at: time(64.9)).isEmpty)
        #expect(clock.due(at: time(65)) == [.expire(id, fence: 5, keeper: 2)])
    }

    @Test("A server that was taken for dead, has lived on and dies has given its leases their full length by then")
    func secondDeath() {
        let clock = TestClock()
        clock.hear(lease(timeout: .seconds(60)), at: time(0), isOthers: true)
        for second in [1.0, 4] { _ = clock.inherit(from: 2, at: time(second)) }
        #expect(clock.due(at: time(6)).isEmpty && clock.due(at: time(8.9)).isEmpty)
        #expect(clock.nextLook(at: time(8.9)) == .milliseconds(100))
        #expect(clock.due(at: time(9)) == [.expire(id, fence: 5, keeper: 2)])
        clock.hear(lease(server: 1), at: time(20))
        #expect(clock.due(at: time(25)) == [.expire(id, fence: 5, keeper: 1)], "another one's death")
    }

    @Test("The end of a lease that could not be kept is not asked for again when the lease has come here meanwhile")
    func refusedAndMoved() {
        let clock = TestClock()
        clock.askAgain(.expire(id, fence: 5, keeper: 2), for: id, at: time(0))
        clock.hear(lease(), at: time(0.1))
        #expect(clock.nextLook(at: time(0.1)) == .milliseconds(900), "it goes on")
        clock.hear(lease(server: 1), at: time(0.5))
        #expect(clock.due(at: time(5.4)).isEmpty)
        #expect(clock.due(at: time(5.5)) == [.expire(id, fence: 5, keeper: 1)])
    }

    @Test("Of a dead server's leases a portion is taken over at a time")
    func portions() {
        let clock = TestClock()
        for number in 0..<1_200 {
            let id = TaskID(high: 7 << 12, low: UInt64(number))
            clock.hear(.leased(.seconds(5), server: 2, id: id), at: time(0), isOthers: true)
        }
        #expect(clock.inherit(from: 2, at: time(1)))
        #expect(clock.due(at: time(6)).count == 500)
        #expect(clock.inherit(from: 2, at: time(6)))
        #expect(!clock.inherit(from: 2, at: time(6)))
        #expect(clock.takeDue(at: time(11), limit: 1_000).count == 700 && clock.count == 0)
    }

    // MARK: Waits

    private let delay = Due.delay(.seconds(5), since: Timestamp(milliseconds: 0))
    private let instant = Due.instant(Timestamp(milliseconds: 5_000))

    @Test("The server that has told of a wait asks when it is over; another a second later, or at once if alone")
    func waits() {
        for due in [delay, instant] {
            for (isOthers, others, isAsked) in [
                (false, [2], true), (true, [2], false), (true, [], true), (false, [], true),
            ] as [(Bool, Set<Int>, Bool)] {
                let clock = TestClock()
                clock.hear(.waiting(due), at: time(0), isOthers: isOthers)
                #expect(clock.due(at: time(4.9, wall: 4_900), others: others).isEmpty)
                #expect(clock.due(at: time(5, wall: 5_000), others: others) == (isAsked ? [.wake(id, due: due)] : []))
                guard !isAsked else { continue }
                #expect(clock.nextLook(at: time(5, wall: 5_000)) == .seconds(1))
                #expect(clock.due(at: time(5.9, wall: 0), others: others).isEmpty)
                #expect(clock.due(at: time(6, wall: 0), others: others) == [.wake(id, due: due)])
                #expect(clock.count == 0)
            }
        }
    }

    @Test("A wait that was left to another server is none any more when that one has ended it")
    func settledWait() {
        for due in [delay, instant] {
            let clock = TestClock()
            clock.hear(.waiting(due), at: time(0), isOthers: true)
            #expect(clock.due(at: time(5, wall: 5_000), others: [2]).isEmpty)
            clock.hear(.waiting(due, by: 2), at: time(5.1, wall: 5_100), isOthers: true)
            #expect(clock.count == 1, "it is the same wait, and goes on")
            clock.hear(.waiting(nil, by: 3), at: time(5.2, wall: 5_200), isOthers: true)
            #expect(clock.count == 0 && clock.due(at: time(9, wall: 9_000)).isEmpty)
        }
    }

    @Test("What is left to another server counts in a portion")
    func portionsLeft() {
        let clock = TestClock()
        for number in 0..<1_200 {
            clock.hear(
                .waiting(delay, id: TaskID(high: 7 << 12, low: UInt64(number))), at: time(0), isOthers: true)
        }
        for left in [700, 200, 0] {
            #expect(clock.due(at: time(5), others: [2]).isEmpty)
            #expect(clock.nextLook(at: time(5)) == (left > 0 ? .zero : .seconds(1)))
        }
        #expect((0..<3).map { _ in clock.due(at: time(6), others: [2]).count } == [500, 500, 200])
    }
}
