import Testing
import YourTurn

/// Counts how often two keys are compared.
private final class Looks {
    var count = 0
}

private struct Key: Hashable {
    let number: Int
    let looks: Looks

    static func == (one: Key, other: Key) -> Bool {
        one.looks.count += 1
        return one.number == other.number
    }

    func hash(into hasher: inout Hasher) { hasher.combine(number) }
}

@Suite("Chapter 2") struct Chapter02Tests {
    private let looks = Looks()

    private func key(_ number: Int) -> Key { Key(number: number, looks: looks) }

    private func table(_ count: Int) -> HashTable<Key, Int> {
        var table = HashTable<Key, Int>()
        for number in 0..<count { table.insert(number, for: key(number)) }
        return table
    }

    @Test("What was put in is found, and nothing else")
    func finds() {
        let table = table(100)
        #expect(table.count == 100)
        #expect((0..<100).allSatisfy { table.value(of: key($0)) == $0 })
        #expect(table.value(of: key(100)) == nil && table.value(of: key(-1)) == nil)
    }

    @Test("A key has one value, the last one")
    func replaces() {
        var table = table(100)
        for number in 0..<100 { table.insert(-number, for: key(number)) }
        #expect(table.count == 100)
        #expect((0..<100).allSatisfy { table.value(of: key($0)) == -$0 })
    }

    @Test("What was taken out is gone, and the others are not")
    func removes() {
        var table = table(100)
        for number in stride(from: 0, to: 100, by: 2) { #expect(table.remove(key(number)) == number) }
        #expect(table.remove(key(0)) == nil)
        #expect(table.count == 50)
        #expect((0..<100).allSatisfy { table.value(of: key($0)) == ($0 % 2 == 0 ? nil : $0) })
    }

    @Test("Among 1,000 a lookup compares 3 keys on average at most", arguments: [0, 1_000])
    func lookups(first: Int) {
        let table = table(1_000)
        looks.count = 0
        for number in first..<first + 1_000 { _ = table.value(of: key(number)) }
        #expect(looks.count <= 3_000, "\(looks.count) comparisons for 1,000 lookups")
    }

    @Test("So do insertions and removals")
    func changes() {
        var table = table(1_000)
        #expect(looks.count <= 3_000, "\(looks.count) comparisons for 1,000 insertions")
        looks.count = 0
        for number in 0..<1_000 { table.remove(key(number)) }
        #expect(looks.count <= 3_000, "\(looks.count) comparisons for 1,000 removals")
    }
}
