/// Values by their keys. It finds all of them; but it looks at every key on the way.
///
/// Make it a hash table: `key.hashValue` says where a key must be. Dictionary would be no task.
public struct HashTable<Key: Hashable, Value> {
    private var entries: [(key: Key, value: Value)] = []

    public init() {}

    /// How many there are.
    public var count: Int { entries.count }

    /// The value of `key`, or nil if there is none.
    public func value(of key: Key) -> Value? {
        entries.first { $0.key == key }?.value
    }

    /// Puts `value` in, in the place of another one with this key.
    public mutating func insert(_ value: Value, for key: Key) {
        remove(key)
        entries.append((key, value))
    }

    /// Takes the value of `key` out and returns it, or nil if there is none.
    @discardableResult
    public mutating func remove(_ key: Key) -> Value? {
        guard let place = entries.firstIndex(where: { $0.key == key }) else { return nil }
        return entries.remove(at: place).value
    }
}
