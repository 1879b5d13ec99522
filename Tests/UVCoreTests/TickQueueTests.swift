import SeededRandom
import Testing

@testable import UVCore

@Suite("The queue of ticks")
struct TickQueueTests {
    private final class Held {}

    @Test("Ticks come out in the order in which they went in, however full the queue runs", arguments: 1...20)
    func order(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var queue = TickQueue()
        var called: [Int] = []
        var (added, taken) = (0, 0)
        for _ in 0..<3_000 {
            // Mostly more go in than out, so that places before the first are used again while the queue is not empty.
            if Bool.random(using: &random) || queue.isEmpty {
                let number = added
                queue.append(Tick { called.append(number) })
                added += 1
            } else {
                try queue.removeFirst().callback()
                taken += 1
            }
            #expect(queue.isEmpty == (added == taken))
        }
        while !queue.isEmpty { try queue.removeFirst().callback() }
        #expect(called == Array(0..<added))
    }

    @Test("A tick that was taken out, or dropped, is held no longer")
    func release() {
        var queue = TickQueue()
        weak var held: Held?
        func add() {
            let one = Held()
            held = one
            queue.append(Tick { _ = one })
        }
        add()
        _ = queue.removeFirst()
        #expect(held == nil)
        add()
        #expect(held != nil)
        queue.removeAll()
        #expect(held == nil)
    }
}
