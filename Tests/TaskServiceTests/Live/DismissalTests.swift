import Testing
import UVCore
import UVWebSocket

@testable import TaskService

@Suite("How a server sends its listeners away: beside others each is asked to come back at a time of its own")
struct DismissalTests {
    @Test("A server that is alone names no time: its listeners come back as soon as they like")
    func alone() {
        let dismissal = Dismissal.stopping(of: 10_000, hasOthers: false)
        #expect(dismissal.code == .goingAway && dismissal.hint() == nil)
        #expect(dismissal.reason() == "The server is stopping")
    }

    @Test(
        "Beside others so many come back a second, at most: in each tenth of the time about a tenth of them",
        arguments: [
            (Dismissal.stopping(of: 10_000, hasOthers: true), "The server is stopping"),
            (Dismissal.reloaded(of: 10_000), "The tasks were read anew"),
        ])
    func spread(dismissal: Dismissal, words: String) throws {
        #expect(dismissal.code == .serviceRestart)
        var tenths = [Int](repeating: 0, count: 10)
        for _ in 0..<10_000 {
            let reason = dismissal.reason()
            let delay = try #require(ReturnHint(atEndOf: reason)).delay
            #expect(reason == "\(words); come back in \(delay.wholeMilliseconds) ms")
            tenths[min(9, Int(delay.wholeMilliseconds) / 1_000)] += 1
        }
        // The deviation of such a count is 30.
        #expect(tenths.allSatisfy { (750...1_250).contains($0) }, "\(tenths)")
    }

    @Test("A few come back soon, and none later than in a minute", arguments: [0, 1, 10, 1_000_000])
    func limits(count: Int) throws {
        let dismissal = Dismissal.stopping(of: count, hasOthers: true)
        for _ in 0..<100 {
            let delay = try #require(dismissal.hint()).delay
            #expect(delay <= min(.milliseconds(count), .seconds(60)))
        }
    }
}
