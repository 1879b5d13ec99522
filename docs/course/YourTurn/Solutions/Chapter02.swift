/// Values by their keys: chains of entries, as many chains as there are entries or more.
public struct HashTable<Key: Hashable, Value> {
    private var chains: [[(key: Key, value: Value)]] = Array(repeating: [], count: 8)

    public init() {}

    /// How many there are.
    public private(set) var count = 0

    /// The value of `key`, or nil if there is none.
    public func value(of key: Key) -> Value? {
        chains[chain(of: key)].first { $0.key == key }?.value
    }

    /// Puts `value` in, in the place of another one with this key.
    public mutating func insert(_ value: Value, for key: Key) {
        remove(key)
        if count == chains.count { grow() }
        chains[chain(of: key)].append((key, value))
        count += 1
    }

    /// Takes the value of `key` out and returns it, or nil if there is none.
    @discardableResult
    public mutating func remove(_ key: Key) -> Value? {
        let chain = chain(of: key)
        guard let place = chains[chain].firstIndex(where: { $0.key == key }) else { return nil }
        count -= 1
        return chains[chain].remove(at: place).value
    }

    /// A hash may be negative, and its last bits say where.
    private func chain(of key: Key) -> Int { key.hashValue & (chains.count - 1) }

    private mutating func grow() {
        let entries = chains.joined()
        chains = Array(repeating: [], count: chains.count * 2)
        for entry in entries { chains[chain(of: entry.key)].append(entry) }
    }
}
