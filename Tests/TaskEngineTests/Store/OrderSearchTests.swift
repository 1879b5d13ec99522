import SeededRandom
import Testing

@testable import TaskEngine

@Suite("An order to work in, found in steps")
struct OrderSearchTests {
    @Test("Steps of any size come to what one step comes to", arguments: [1, 2, 7, 1_000], [1, 2, 3] as [UInt64])
    func stepSize(looks: Int, seed: UInt64) throws {
        let store = try random(seed: seed, tasks: 60)
        #expect(try found(OrderSearch(), over: store, looks: looks) == store.resolveAll())
        for task in store.tasks() {
            #expect(try found(OrderSearch(of: task.id), over: store, looks: looks) == store.resolve(task.id))
        }
    }

    @Test("A step looks at no more tasks than it is told, though all are ready at once")
    func budget() throws {
        let store = try filled(1_000).store
        var search = OrderSearch()
        var steps = 1
        while case .goesOn = search.step(over: store, looks: 100) { steps += 1 }
        // Each task is added, collected, counted and ordered.
        #expect(steps >= 4 * 1_000 / 100)
    }

    @Test("A circle is found in steps, and looked through once more if a task has changed", arguments: [false, true])
    func circleInSteps(changes: Bool) throws {
        var ledger = try filled(1_001)
        for number in 1...1_000 {
            ledger.run(.update(.test(number), try TaskFields(needs: [.test(number % 1_000 + 1)])))
        }
        var (search, steps, found) = (OrderSearch(), 0, OrderSearch.Progress.goesOn)
        while found == .goesOn {
            steps += 1
            // One that is not of the circle.
            if changes { ledger.run(.update(.test(1_001), try TaskFields(priority: steps))) }
            found = search.step(over: ledger.store, looks: 100)
        }
        #expect(found == .found(.cycle((1...1_000).map { .test($0) } + [.test(1)])))
        // Each task is added, collected with its edge, counted and met on the way, and may be checked.
        #expect(steps >= (changes ? 6 : 5) * 1_000 / 100)
    }

    @Test("What is in the way of an order was so at one moment", arguments: 1...300 as ClosedRange<UInt64>)
    func oneMoment(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let count = Int.random(in: 2...5, using: &random)
        var ledger = try filled(count)
        var (search, moments, found) = (OrderSearch(), [TaskStore](), OrderSearch.Progress.goesOn)
        while found == .goesOn {
            if random.once(in: 2) {
                let needs = (0..<Int.random(in: 0...2, using: &random)).map { _ in
                    TaskID.test(Int.random(in: 1...count, using: &random))
                }
                let id = TaskID.test(Int.random(in: 1...count, using: &random))
                ledger.run(random.once(in: 20) ? .delete(id) : .update(id, try TaskFields(needs: needs)))
            }
            moments.append(ledger.store)
            found = search.step(over: ledger.store, looks: 1)
        }
        switch found {
        case .found(.cycle(let path)):
            #expect(
                moments.contains { store in
                    zip(path, path.dropFirst()).allSatisfy { store[$0]?.dependencies.contains($1) ?? false }
                })
        case .found(.missing(let id, let requiredBy)):
            #expect(moments.contains { $0[id] == nil && $0[requiredBy]?.dependencies.contains(id) ?? false })
        default: break
        }
    }

    @Test("A circle that nobody ever made is not reported, though the search has seen both its halves")
    func falseCircle() throws {
        var ledger = try filled(3)
        ledger.run(.update(.test(1), try TaskFields(needs: [.test(2)])))
        var search = OrderSearch()
        // Three roots, and what the first of them needs.
        #expect(search.step(over: ledger.store, looks: 5) == .goesOn)
        ledger.run(.update(.test(1), try TaskFields(needs: [])))
        ledger.run(.update(.test(2), try TaskFields(needs: [.test(1)])))
        #expect(try found(search, over: ledger.store, looks: 5) == .order([.test(1), .test(2), .test(3)]))
    }

    @Test("A circle that was made meanwhile and is still there at the end is reported")
    func newCircle() throws {
        var ledger = try filled(3)
        ledger.run(.update(.test(1), try TaskFields(needs: [.test(2)])))
        var search = OrderSearch()
        #expect(search.step(over: ledger.store, looks: 5) == .goesOn)
        ledger.run(.update(.test(2), try TaskFields(needs: [.test(1)])))
        #expect(try found(search, over: ledger.store, looks: 5) == .cycle([.test(1), .test(2), .test(1)]))
    }

    @Test("A task that is created or deleted meanwhile is missing for nobody")
    func comingAndGoing() throws {
        var ledger = try filled(2)
        ledger.run(.update(.test(2), try TaskFields(needs: [.test(3)])))
        var search = OrderSearch()
        #expect(search.step(over: ledger.store, looks: 3) == .goesOn)
        ledger.run(.create(.test(3), try TaskFields(title: "t")))
        #expect(try found(search, over: ledger.store, looks: 3) == .order([.test(1), .test(3), .test(2)]))
        search = OrderSearch()
        #expect(search.step(over: ledger.store, looks: 3) == .goesOn)
        ledger.run(.delete(.test(3)))
        guard case .order(let ids) = try found(search, over: ledger.store, looks: 3) else {
            return #expect(Bool(false), "no order")
        }
        #expect(ids.filter { $0 != .test(3) } == [.test(1), .test(2)])
    }

    @Test("The order of a task that is deleted meanwhile is no order")
    func deletedRoot() throws {
        var ledger = try filled(50)
        for number in 1..<50 { ledger.run(.update(.test(number), try TaskFields(needs: [.test(number + 1)]))) }
        var search = OrderSearch(of: .test(1))
        #expect(search.step(over: ledger.store, looks: 10) == .goesOn)
        ledger.run(.delete(.test(1)))
        #expect(search.step(over: ledger.store, looks: 10) == .noSuchTask)
    }

    private func found(_ search: OrderSearch, over store: TaskStore, looks: Int) throws -> Resolution<TaskID>? {
        var search = search
        while true {
            switch search.step(over: store, looks: looks) {
            case .goesOn: continue
            case .found(let resolution): return resolution
            case .noSuchTask: return nil
            }
        }
    }

    private func filled(_ count: Int) throws -> TaskLedger {
        var ledger = TaskLedger()
        for number in 1...count { ledger.run(.create(.test(number), try TaskFields(title: "t"))) }
        return ledger
    }

    /// With an odd seed edges lead anywhere, also in circles; with an even one down alone.
    private func random(seed: UInt64, tasks count: Int) throws -> TaskStore {
        var random = SeededGenerator(seed: seed)
        var ledger = try filled(count)
        for number in 1...count {
            let bound = seed % 2 == 1 ? count : number - 1
            guard bound > 0 else { continue }
            let needs = (0..<Int.random(in: 0...2, using: &random)).map { _ in
                TaskID.test(Int.random(in: 1...bound, using: &random))
            }
            let priority = Int.random(in: 0...3, using: &random)
            ledger.run(.update(.test(number), try TaskFields(priority: priority, needs: needs)))
        }
        return ledger.store
    }
}
