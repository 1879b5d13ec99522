import LoopTesting
import Testing
import UVCore

@testable import TaskService

@Suite struct MemoryManagerTests {
    @Test("A history keeps the newest, and counts what it dropped")
    func history() {
        var history = BoundedHistory<Int>(capacity: 3)
        for element in 1...3 { history.append(element) }
        #expect(Array(history.elements) == [1, 2, 3] && history.dropped == 0)
        history.append(4)
        #expect(Array(history.elements) == [2, 3, 4] && history.dropped == 1)
        #expect(history.removeFirst() == 2)
        history.removeAll()
        #expect(history.count == 0 && history.removeFirst() == nil && history.dropped == 0)
    }

    @Test("The leak takes 64 MiB, and not a byte more")
    func leak() async {
        let said = Log()
        await withManager { manager in
            let isMost = manager.leak(63, blocksOf: 1 << 20) { said("63") }
            let isTooMuch = manager.leak(2, blocksOf: 1 << 20) { said("2") }
            #expect(isMost && !isTooMuch && manager.leakedBytes == 63 << 20)
            let isRest = manager.leak(1, blocksOf: 1 << 20) { said("1, \(manager.leaked.count) blocks") }
            let isMore = manager.leak(1, blocksOf: 1) {} || manager.leak(.max, blocksOf: .max) {}
            #expect(isRest && !isMore)
            #expect(manager.leaked.isEmpty, "nothing is made in the caller's turn")
        }
        // The portions of both go round in a circle.
        #expect(said.lines == ["1, 2 blocks", "63"])
    }

    @Test("Other callbacks come between two portions, and what is let go of meanwhile is not gone on with")
    func portions() async {
        let said = Log()
        await withManager { manager in
            _ = manager.leak(64, blocksOf: 1 << 20) { said("done, \(manager.leaked.count) blocks") }
            EventLoop.current.setImmediate {
                said("between, \((1..<64).contains(manager.leaked.count))")
                said("freed \(manager.clear() >> 20) MiB")
                _ = manager.leak(1, blocksOf: 1) { said("one, \(manager.leaked.count) block") }
            }
        }
        #expect(said.lines == ["between, true", "freed 64 MiB", "done, 0 blocks", "one, 1 block"])
    }

    @Test("The cache keeps the newest hundred blocks, and 8 MiB")
    func cache() async {
        await withManager { manager in
            manager.cache(100, blocksOf: 1_024)
            #expect(manager.cache.count == 100 && manager.evictions == 0)
            manager.cache(1, blocksOf: 1_024)
            #expect(manager.cache.count == 100 && manager.evictions == 1 && manager.cachedBytes == 102_400)
            manager.cache(8, blocksOf: 1 << 20)
            #expect(manager.cachedBytes <= 8 << 20 && manager.cache.elements.last?.count == 1 << 20)
            manager.cache(300_000, blocksOf: 1 << 20)
            #expect(manager.cache.count == 8 && manager.cachedBytes == 8 << 20)
            #expect(manager.clear() == 8 << 20 && manager.cachedBytes == 0)
        }
    }

    @Test("The memory in use is noted every ten seconds, for an hour")
    func samples() async {
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            let manager = MemoryManager()
            #expect(manager.samples.count == 1)
            loop.setTimeout(.seconds(4_000)) {
                #expect(manager.samples.count == 360 && manager.samples.dropped > 0)
                #expect(manager.samples.elements.allSatisfy { $0.memory.resident > 0 })
            }
        }
    }

    private func withManager(_ body: @LoopActor (MemoryManager) -> Void) async {
        #expect(await withLoop { _ in body(MemoryManager()) } == 0)
    }
}
