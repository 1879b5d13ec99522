import Testing
import YourTurn

@Suite("Chapter 4") struct Chapter04Tests {
    private func isInOrder(_ plan: Plan, _ needs: [String: [String]]) -> Bool {
        guard case .order(let order) = plan else { return false }
        let places = Dictionary(order.enumerated().map { ($1, $0) }) { first, _ in first }
        return order.count == needs.count
            && needs.allSatisfy { task, needed in
                needed.allSatisfy { (places[$0] ?? .max) < (places[task] ?? -1) }
            }
    }

    private func isCircle(_ plan: Plan, _ needs: [String: [String]]) -> Bool {
        guard case .circle(let path) = plan, path.count > 1, path.first == path.last else { return false }
        let isClosed = zip(path, path.dropFirst()).allSatisfy { needs[$0]?.contains($1) == true }
        return isClosed && Set(path).count == path.count - 1
    }

    @Test("Each task comes behind all that it needs")
    func order() {
        let needs = [
            "ship": ["test", "text"], "test": ["code"], "text": ["code"], "code": ["plan"], "plan": [], "rest": [],
        ]
        #expect(isInOrder(plan(needs), needs))
        #expect(plan([:]) == .order([]))
        // The same task twice is one need.
        #expect(isInOrder(plan(["b": ["a", "a"], "a": []]), ["b": ["a", "a"], "a": []]))
    }

    @Test("A circle is shown, and what only leads to it is not")
    func circle() {
        let needs = ["in": ["a"], "a": ["b"], "b": ["out", "c"], "c": ["a"], "out": []]
        #expect(isCircle(plan(needs), needs))
        #expect(plan(["self": ["self"]]) == .circle(["self", "self"]))
    }

    @Test("A task that is not there is named, with one that needs it")
    func missing() {
        #expect(plan(["a": ["b"], "b": ["paper"]]) == .missing("paper", neededBy: "b"))
    }

    @Test("A chain of 100,000 is put in order: no function calls itself once a task")
    func chain() {
        var needs = ["0": [String]()]
        for number in 1..<100_000 { needs["\(number)"] = ["\(number - 1)"] }
        let order = plan(needs)
        #expect(order == .order((0..<100_000).map { "\($0)" }))
    }

    @Test("100,000 tasks that need the same one need no walk each")
    func star() {
        var needs = ["a": [String]()]
        for number in 1..<100_000 { needs["\(number)"] = ["a"] }
        let order = plan(needs)
        #expect(isInOrder(order, needs))
    }
}
