import Testing
import UVWebSocket

@Suite("When a member counts as gone")
struct HeartbeatJudgementTests {
    /// A member as it is seen second by second, and what was judged that was not "present".
    private struct Member {
        var pulse = Pulse()
        var look = Pulse.Look(now: 0, lastReceived: 0, bytesTaken: 0, bytesWaiting: 0, isRead: true)
        var seen: [String] = []

        mutating func pass(_ seconds: Int, _ each: (inout Pulse.Look) -> Void = { _ in }) {
            for _ in 0..<seconds {
                look.now += 1_000
                each(&look)
                switch pulse.judge(look, limit: 30_000) {
                case .present: break
                case .ping: seen.append("ping \(look.now / 1_000)")
                case .gone: seen.append("gone \(look.now / 1_000)")
                }
            }
        }
    }

    @Test("Silence: a ping after 30 s, gone after 60")
    func silence() {
        var member = Member()
        member.pass(59)
        #expect(member.seen == ["ping 30"])
        member.pass(1)
        #expect(member.seen == ["ping 30", "gone 60"])
    }

    @Test("A member that takes bytes is present, with a ping that waits or without")
    func takingBytes() {
        var member = Member()
        member.look.bytesWaiting = 60 << 20
        member.pass(600) { look in
            look.bytesTaken += 600_000 / 10
            look.bytesWaiting -= 600_000 / 10
        }
        #expect(member.seen == [])
    }

    @Test("What the system takes while it has room is no sign of the peer")
    func systemTakes() {
        var member = Member()
        member.pass(60) { look in look.bytesTaken += 1_000 }
        #expect(member.seen == ["ping 30", "gone 60"])
    }

    @Test("One byte in 29 s is enough, none in 60 s is not", arguments: [(29, false), (61, true)])
    func stalled(every seconds: Int, isGone: Bool) {
        var member = Member()
        member.look.bytesWaiting = 1 << 20
        for _ in 0..<3 where member.seen.isEmpty {
            member.pass(seconds)
            member.look.bytesTaken += 1
        }
        #expect(member.seen.contains { $0.hasPrefix("gone") } == isGone)
    }

    @Test("While this end does not read, a silent member is pinged and never gone")
    func paused() {
        var member = Member()
        member.look.isRead = false
        member.pass(600)
        #expect(member.seen.count == 10 && member.seen.allSatisfy { $0.hasPrefix("ping") })
    }

    @Test("When this end reads again, the member has its time anew")
    func resumed() {
        var member = Member()
        member.look.isRead = false
        member.pass(65)
        member.look.isRead = true
        member.pass(54)
        #expect(!member.seen.contains { $0.hasPrefix("gone") })
        member.pass(1)
        #expect(member.seen.last == "gone 120")
    }

    @Test("A paused member for which bytes wait that it does not take is gone")
    func pausedAndStalled() {
        var member = Member()
        member.look.isRead = false
        member.look.bytesWaiting = 100_000
        member.pass(60)
        #expect(member.seen == ["gone 60"])
    }
}
