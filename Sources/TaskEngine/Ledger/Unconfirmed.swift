import DequeModule

/// Values by a key that count in place of the store's until the events that wrote them are confirmed.
struct Unconfirmed<Key: Hashable, Value> {
    fileprivate struct Entry {
        let value: Value
        let sequence: Int
    }

    fileprivate struct Write {
        let key: Key
        let sequence: Int
    }

    private var entries: [Key: Entry] = [:]
    private var writes = Deque<Write>()

    var isEmpty: Bool { entries.isEmpty }

    var count: Int { entries.count }

    var keys: some Sequence<Key> { entries.keys }

    /// Nil if no event in flight has written it. O(1).
    subscript(key: Key) -> Value? { entries.isEmpty ? nil : entries[key]?.value }

    /// - Parameter sequence: The number of the event that says so.
    mutating func write(_ value: Value, for key: Key, at sequence: Int) {
        entries[key] = Entry(value: value, sequence: sequence)
        writes.append(Write(key: key, sequence: sequence))
    }

    /// Forgets what the event of that number and those before it wrote last.
    mutating func confirm(_ sequence: Int) {
        while let write = writes.first, write.sequence <= sequence {
            writes.removeFirst()
            if let entry = entries[write.key], entry.sequence <= sequence { entries[write.key] = nil }
        }
    }
}

extension Unconfirmed.Entry: Sendable where Value: Sendable {}
extension Unconfirmed.Write: Sendable where Key: Sendable {}
extension Unconfirmed: Sendable where Key: Sendable, Value: Sendable {}
