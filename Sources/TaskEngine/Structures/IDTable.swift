/// Values by id: a hash table whose keys bring their hash along, and which grows a small piece at a time.
///
/// The ids of tasks have 62 random bits each (see `TaskIDGenerator`), so nothing is left to do for a hash; a `Dictionary`
/// works out a keyed one for each look. **The keys must be ids that the server has made.** The hash is no secret: a client
/// that could choose the keys would choose many of one hash, and each look at one would be a look at all. What clients name
/// may be asked for, and is not put in.
///
/// It is extendible hashing. The keys lie in *segments*, each a small table with open addressing. The first bits of a hash
/// say which, by the *directory*:
///
/// ```
///   hash     101 0…
///            ─┬─
///   directory ▼   000 001 010 011 100 101 110 111
///                  │   │   └───┬───┘   └─┐ └─┐ └─ ┐
///   segments       0   3       1         2   4    5      the ids of 1 have the first two bits 01 in common
/// ```
///
/// A segment that is full is split in two by one bit more; where the directory does not know that bit yet, each of its
/// entries is written twice. So no change moves more than one segment's ids, however many there are: a table that is made
/// anew as a whole, as a dictionary is, keeps every client waiting for it.
///
/// What is removed leaves no mark behind: those that had to go past its place move up. Segments are not joined again.
struct IDTable<ID: IDTableKey, Value> {
    private(set) var segments = [Segment(knownBits: 0)]

    /// The segment of the hashes that begin with this number; 2 to the power of `knownBits` entries.
    private(set) var directory = [0]

    /// How many bits of a hash the directory knows.
    private var knownBits = 0

    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// The value of `id`; nil if there is none. O(1).
    subscript(id: ID) -> Value? {
        let hash = id.tableHash
        return segments[directory[entry(of: hash)]].value(of: id, hash)
    }

    /// Sets the value of `id`, and returns the one that it had.
    ///
    /// - Complexity: O(1), and O(ids of a segment) where it is full. Once in many changes the directory doubles, which has
    ///   fewer entries than there are ids.
    @discardableResult
    mutating func updateValue(_ value: Value, for id: ID) -> Value? {
        let hash = id.tableHash
        let number = directory[entry(of: hash)]
        let place = segments[number].place(of: id, hash)
        if let former = segments[number].replace(value, at: place) { return former }
        put(value, for: id, hash, at: place, in: number)
        return nil
    }

    /// Puts an id in that is not there, at its place in the segment of that number, or makes room for it.
    private mutating func put(_ value: Value, for id: ID, _ hash: UInt64, at place: Int, in number: Int) {
        count += 1
        guard segments[number].isFull else { return segments[number].insert(id, value, at: place) }
        while makeRoom(for: hash) {}
        let roomy = directory[entry(of: hash)]
        segments[roomy].insert(id, value, at: segments[roomy].place(of: id, hash))
    }

    /// Lets `change` change the value of `id` where it lies, and returns what that returns; nil if there is none. O(1).
    @discardableResult
    mutating func change<Outcome>(_ id: ID, _ change: (inout Value) -> Outcome) -> Outcome? {
        let hash = id.tableHash
        let number = directory[entry(of: hash)]
        return segments[number].change(at: segments[number].place(of: id, hash), change)
    }

    /// Lets `change` change the value of `id`, or puts `value` in where there is none.
    ///
    /// - Complexity: as `updateValue`.
    mutating func change(_ id: ID, orPut value: @autoclosure () -> Value, _ change: (inout Value) -> Void) {
        let hash = id.tableHash
        let number = directory[entry(of: hash)]
        let place = segments[number].place(of: id, hash)
        let isThere: Void? = segments[number].change(at: place, change)
        if isThere == nil { put(value(), for: id, hash, at: place, in: number) }
    }

    /// Takes `id` out, and returns its value. O(1).
    @discardableResult
    mutating func removeValue(for id: ID) -> Value? {
        let hash = id.tableHash
        let number = directory[entry(of: hash)]
        guard let value = segments[number].remove(at: segments[number].place(of: id, hash)) else { return nil }
        count -= 1
        return value
    }

    func entry(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> UInt64(64 - knownBits)) }
}

/// What an `IDTable` finds a value by.
public protocol IDTableKey: Hashable {
    /// Bits that differ from one key to the next as random ones do, the upper half above all.
    var tableHash: UInt64 { get }
}

extension IDTableKey {
    /// For keys with no random bits of their own, the hash of a dictionary.
    public var tableHash: UInt64 { UInt64(truncatingIfNeeded: hashValue) }
}

extension TaskID: IDTableKey {
    /// The random bits of the lower half, spread over all by an odd number (2⁶⁴ divided by the golden ratio).
    public var tableHash: UInt64 { (high ^ low) &* 0x9E37_79B9_7F4A_7C15 }
}

/// A key with the hash of a dictionary, which no client can foresee: one that clients may have named.
struct HashedKey<ID: Hashable>: IDTableKey {
    let id: ID

    init(_ id: ID) { self.id = id }

    var tableHash: UInt64 { UInt64(truncatingIfNeeded: id.hashValue) }
}

extension HashedKey: Sendable where ID: Sendable {}

// MARK: - Growing

extension IDTable {
    /// Makes the segments that so many ids need. The table is empty.
    mutating func reserve(_ count: Int) {
        precondition(isEmpty, "the table has ids already")
        // Some segments get more than their share.
        let share = Segment.size * 5 / 8
        knownBits = 0
        while count >> knownBits > share { knownBits += 1 }
        let room = count > share / 2 ? Segment.size : 8
        segments = (0..<1 << knownBits).map { _ in Segment(knownBits: knownBits, places: room) }
        directory = Array(segments.indices)
    }

    /// Makes the segment of `hash` larger, or two of it. Returns whether it is full all the same.
    private mutating func makeRoom(for hash: UInt64) -> Bool {
        let number = directory[entry(of: hash)]
        // The directory of keys that are as random as they should be is far smaller.
        if segments[number].isSmall || directory.count > count {
            segments[number].grow()
            return false
        }
        if segments[number].knownBits == knownBits { doubleDirectory() }
        split(number, of: hash)
        return segments[directory[entry(of: hash)]].isFull
    }

    private mutating func doubleDirectory() {
        var doubled: [Int] = []
        doubled.reserveCapacity(directory.count * 2)
        for number in directory {
            doubled.append(number)
            doubled.append(number)
        }
        directory = doubled
        knownBits += 1
    }

    /// Gives the ids of a segment whose next bit is set to a new one.
    private mutating func split(_ number: Int, of hash: UInt64) {
        let bits = segments[number].knownBits + 1
        let upper = segments[number].split()
        let half = 1 << (knownBits - bits)
        // Entries that agree in what the segment knew lie side by side, those with the next bit set in the upper half.
        let start = entry(of: hash) & ~(2 * half - 1) + half
        for entry in start..<start + half { directory[entry] = segments.count }
        segments.append(upper)
    }
}

// MARK: - All of them

extension IDTable {
    /// All ids with their values, in no order that means something.
    var entries: some Sequence<(id: ID, value: Value)> {
        segments.lazy.flatMap { $0.places.lazy.compactMap { $0.map { (id: $0.id, value: $0.value) } } }
    }
}

extension IDTable: Equatable where Value: Equatable {
    static func == (left: Self, right: Self) -> Bool {
        left.count == right.count && left.entries.allSatisfy { right[$0.id] == $0.value }
    }
}

extension IDTable: Sendable where ID: Sendable, Value: Sendable {}
