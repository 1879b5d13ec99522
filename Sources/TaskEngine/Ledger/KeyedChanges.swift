import DequeModule

/// The changes of the last day that were made under a key, by their keys: a fold of the log, as the tasks are.
///
/// ```
///   table    name ─▶ number          16 + 4 bytes, in a table that is about half full
///   chunks   [ 0 … 1023 ][ 1024 … ]  the changes in the order in which they were made, 72 bytes each
///              └ removed ┘
/// ```
///
/// So a key takes about 130 bytes, and no change moves more than a few of them, however many there are.
public struct KeyedChanges: Sendable {
    /// How many are known unless another number is said.
    public static let standardLimit = 1_000_000

    /// How many are known; of more, the oldest are forgotten.
    public let limit: Int

    /// The changes by their numbers: counted from the first one ever, in the bits that the table has.
    private var table = IDTable<IdempotencyKey.Fingerprint, UInt32>()
    private var chunks = Deque<[KeyedChange]>()
    /// The numbers of the first change in the first chunk, of the oldest that is known, and of the next one.
    private var (base, first, end) = (0, 0, 0)

    private static let chunkSize = 1_024

    /// - Precondition: `limit` is at least 1, and below 2³².
    public init(limit: Int = Self.standardLimit) {
        precondition((1..<Int(UInt32.max)).contains(limit), "a number of keys, not \(limit)")
        self.limit = limit
    }

    /// How many are known.
    public var count: Int { end - first }

    /// Whether no change is known. O(1).
    public var isEmpty: Bool { first == end }

    /// The change under a key of that name; nil if there is none, or none at that time any more. O(1).
    public func change(named name: IdempotencyKey.Fingerprint, at time: Timestamp) -> KeyedChange? {
        guard !isEmpty, let bits = table[name] else { return nil }
        let change = self[number(bits)]
        return change.isOver(at: time) ? nil : change
    }

    /// Notes the change that begins with `event`, if it was made under a key, and forgets a few that are over by then.
    ///
    /// - Complexity: O(1).
    public mutating func apply(_ event: TaskEvent) {
        if let change = event.keyedChange { add(change) }
        if !isEmpty { prune(at: event.timestamp) }
    }

    /// Notes a change, newer than all that are known.
    ///
    /// - Complexity: O(1).
    public mutating func add(_ change: KeyedChange) {
        if (end - base) % Self.chunkSize == 0 {
            chunks.append([])
            chunks[chunks.count - 1].reserveCapacity(Self.chunkSize)
        }
        chunks[chunks.count - 1].append(change)
        table.updateValue(UInt32(truncatingIfNeeded: end), for: change.key.name)
        end += 1
        if count > limit { removeFirst() }
    }

    /// Forgets changes that are over: two at most, so that none waits for many.
    private mutating func prune(at time: Timestamp) {
        for _ in 0..<2 where !isEmpty && self[first].isOver(at: time) { removeFirst() }
    }

    private mutating func removeFirst() {
        let name = self[first].key.name
        // A newer change may have the key by now.
        if let bits = table[name], number(bits) == first { table.removeValue(for: name) }
        first += 1
        guard first - base == Self.chunkSize else { return }
        chunks.removeFirst()
        base = first
    }

    private subscript(number: Int) -> KeyedChange {
        let place = number - base
        return chunks[place / Self.chunkSize][place % Self.chunkSize]
    }

    /// The number that those bits were made of: one of those that are known.
    private func number(_ bits: UInt32) -> Int { first + Int(bits &- UInt32(truncatingIfNeeded: first)) }
}
