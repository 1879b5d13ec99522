import SeededRandom
@testable public import TaskEngine

/// Counts the work done on the ids that carry it.
final class Meter {
    var count = 0
}

/// An id that counts how often it is hashed or compared: what an algorithm costs, without a clock.
struct MeteredID: IDTableKey, Comparable {
    let number: Int
    let meter: Meter

    static func == (left: MeteredID, right: MeteredID) -> Bool {
        left.meter.count += 1
        return left.number == right.number
    }

    static func < (left: MeteredID, right: MeteredID) -> Bool {
        left.meter.count += 1
        return left.number < right.number
    }

    func hash(into hasher: inout Hasher) {
        meter.count += 1
        hasher.combine(number)
    }

    /// Random bits, and the same ones in each process, unlike a dictionary's: what a table costs is no matter of chance.
    var hashValue: Int {
        meter.count += 1
        var random = SeededGenerator(seed: UInt64(bitPattern: Int64(number)))
        return Int(truncatingIfNeeded: random.next())
    }
}

// Keys of tests, with the hash of a dictionary.
extension Int: IDTableKey {}
extension String: IDTableKey {}
