extension IDTable {
    /// A small table with open addressing: an id lies in the first place that was free from its *home* on, in a circle.
    ///
    /// ```
    ///   home of     a, b    c                     b is removed:
    ///   places    · a   b   c   ·   ·             · a   c   ·   ·   ·
    /// ```
    ///
    /// So a look begins at the home and ends at a free place. When an id goes, those behind it that this would cut off
    /// from their home move up.
    struct Segment {
        struct Entry {
            let id: ID
            var value: Value

            mutating func change<Outcome>(_ change: (inout Value) -> Outcome) -> Outcome { change(&value) }
        }

        /// Their number is a power of two, and one of them is always free.
        private(set) var places: [Entry?]

        private(set) var count = 0

        /// How many first bits of their hashes its ids have in common.
        private(set) var knownBits: Int

        init(knownBits: Int, places: Int = 8) {
            self.knownBits = knownBits
            self.places = Array(repeating: nil, count: places)
        }

        /// Whether another id would make looks long.
        var isFull: Bool { count >= places.count / 4 * 3 }

        /// Whether it grows before it is split.
        var isSmall: Bool { places.count < Self.size }

        /// How many places a segment has that is split. A split moves about a hundred ids, in a few microseconds.
        static var size: Int { 256 }
    }
}

extension IDTable.Segment {
    /// Where `id` is, or the free place where it would be put.
    ///
    /// It is inlined, so that a look counts no reference to the places: that is a word in memory far away, which a look needs
    /// for nothing else.
    @inline(__always)
    func place(of id: ID, _ hash: UInt64) -> Int {
        let places = places.span
        var place = home(of: hash)
        while let other = places[place]?.id, other != id { place = following(place) }
        return place
    }

    @inline(__always)
    func value(of id: ID, _ hash: UInt64) -> Value? { places[place(of: id, hash)]?.value }

    /// Whether anything lies in the home of that hash.
    @inline(__always)
    func isTaken(_ hash: UInt64) -> Bool { places[home(of: hash)] != nil }

    /// Changes the value at `place`, if one is there, and returns the former one.
    mutating func replace(_ value: Value, at place: Int) -> Value? {
        guard let former = places[place]?.value else { return nil }
        places[place]?.value = value
        return former
    }

    mutating func change<Outcome>(at place: Int, _ change: (inout Value) -> Outcome) -> Outcome? {
        places[place]?.change(change)
    }

    /// Puts an id into the free place where it belongs.
    mutating func insert(_ id: ID, _ value: Value, at place: Int) {
        places[place] = Entry(id: id, value: value)
        count += 1
    }

    /// Frees a place, and returns the value that was there; nil if it is free.
    mutating func remove(at place: Int) -> Value? {
        guard let value = places[place]?.value else { return nil }
        var (free, next) = (place, following(place))
        while let id = places[next]?.id {
            // It moves up unless its home lies behind the free place.
            if distance(from: home(of: id.tableHash), to: next) >= distance(from: free, to: next) {
                places.swapAt(free, next)
                free = next
            }
            next = following(next)
        }
        places[free] = nil
        count -= 1
        return value
    }

    /// Makes twice as many places.
    mutating func grow() {
        var former = places
        places = Array(repeating: nil, count: 2 * former.count)
        count = 0
        for place in former.indices { move(&former[place]) }
    }

    /// Knows one bit more: keeps the ids that have it not set, and returns the others.
    mutating func split() -> Self {
        var former = places
        self = Self(knownBits: knownBits + 1, places: former.count)
        var upper = Self(knownBits: knownBits, places: former.count)
        for place in former.indices {
            guard let hash = former[place]?.id.tableHash else { continue }
            // The last of the bits that are known now.
            let isUpper = hash >> UInt64(64 - knownBits) & 1 == 1
            if isUpper { upper.move(&former[place]) } else { move(&former[place]) }
        }
        return upper
    }

    /// Takes over what is in a place of another array. It is not copied, which would count one more reference, in memory far
    /// away.
    private mutating func move(_ entry: inout Entry?) {
        guard let id = entry?.id else { return }
        let place = place(of: id, id.tableHash)
        swap(&places[place], &entry)
        count += 1
    }

    /// The bits in the middle: the first ones are alike in a segment.
    @inline(__always)
    private func home(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 24) & (places.count - 1) }

    @inline(__always)
    private func following(_ place: Int) -> Int { (place + 1) & (places.count - 1) }

    private func distance(from start: Int, to end: Int) -> Int { (end - start) & (places.count - 1) }
}

extension IDTable.Segment: Sendable where ID: Sendable, Value: Sendable {}
extension IDTable.Segment.Entry: Sendable where ID: Sendable, Value: Sendable {}
