/// Ids in ascending order, which for the ids of tasks is the order of creation.
///
/// A list that is read page by page needs to find its place by an id, also by one that was deleted since; an array
/// finds it by halving, but a deletion near its beginning would move all that follows. So the ids lie in *chunks*, each
/// short and sorted, the chunks themselves in order:
///
/// ```
///   chunks   from 1, 4 ids    from 12, 3 ids    from 20, 4 ids    from 31, 1 id
///               │                  └──────────────────┐ │                │
///               ▼                  ┌──────────────────│─┘                │
///   blocks   [ 1 4 5 9 · · · · ] [ 20 21 26 30 · · · ·│] [ 12 13 17 · · ·┘…
/// ```
///
/// The chunk of an id is found by halving, and the place in it by a look at one after the other: O(log *n*). A change
/// moves ids in one chunk only, at most `capacity` of them. A chunk that is full is cut in two; one that is short enough
/// to fit into half a chunk together with its neighbour is joined with it. So of two neighbours one is always more than
/// a quarter full, and there are few chunks: *n* / 16 at most, and *n* / 64 when nothing is deleted. Only once in many
/// changes a chunk comes or goes, and then the row of chunks moves up.
/// (It is the two lowest levels of a B-tree; a third pays from millions of ids on.)
///
/// All ids lie in one array that grows piece by piece, a *block* of `capacity` places for each chunk. Among many tasks it is fetching memory that
/// costs: halving jumps about in the row, which is small, and the rest is read as it lies.
///
/// Nothing here remembers a position, so no deletion can spoil one: a walk remembers the last id that it has seen.
///
/// Each id of an order that is *marked* carries a number below 8, and a chunk knows which of them it has: see
/// ``mark(_:as:)``.
struct CreationOrder<ID: Comparable> {
    static var capacity: Int { 64 }

    /// Ids that lie together.
    struct Chunk {
        /// No id of the chunk is below it, and none of the chunks before reaches it. It stays when the id itself goes.
        var start: ID
        /// Where its block begins.
        let place: Int
        var count = 0
        /// What its ids are marked with; empty where the order is not marked.
        var marks = MarkCounts()

        var places: Range<Int> { place..<place + count }
    }

    private(set) var chunks: [Chunk] = []
    private(set) var blocks = PieceArray<ID>()
    /// The mark of each id, at its place; empty where the order is not marked.
    private(set) var marks = PieceArray<Mark>()
    let isMarked: Bool
    private var freePlaces: [Int] = []
    private(set) var count = 0

    init(isMarked: Bool = false) { self.isMarked = isMarked }

    /// The highest id. O(1).
    var last: ID? { chunks.last.map { blocks[$0.places.upperBound - 1] } }

    /// Adds `id`, marked with 0, and says whether it was new. One above all others, the common case, moves nothing.
    @discardableResult
    mutating func insert(_ id: ID) -> Bool {
        if let last, id <= last {
            let chunk = chunkIndex(for: id)
            let place = firstPlace(in: chunks[chunk]) { $0 >= id }
            guard place == chunks[chunk].places.upperBound || blocks[place] != id else { return false }
            insert(id, at: place, into: chunk)
        } else {
            append(id)
        }
        count += 1
        return true
    }

    /// Takes `id` out, and says whether it was there.
    @discardableResult
    mutating func remove(_ id: ID) -> Bool {
        guard !chunks.isEmpty else { return false }
        let chunk = chunkIndex(for: id)
        let places = chunks[chunk].places
        let place = firstPlace(in: chunks[chunk]) { $0 >= id }
        guard place < places.upperBound, blocks[place] == id else { return false }
        if isMarked { chunks[chunk].marks.remove(marks[place]) }
        for next in place + 1..<places.upperBound { copy(next, to: next - 1) }
        chunks[chunk].count -= 1
        count -= 1
        join(chunk)
        return true
    }

    private mutating func append(_ id: ID) {
        if chunks.last.map({ $0.count == Self.capacity }) ?? true { chunks.append(emptyChunk(from: id)) }
        write(id, at: chunks[chunks.count - 1].places.upperBound, of: chunks.count - 1)
    }

    private mutating func insert(_ id: ID, at place: Int, into chunk: Int) {
        guard chunks[chunk].count < Self.capacity else {
            if place == chunks[chunk].places.upperBound { return insert(id, behind: chunk) }
            let middle = chunks[chunk].place + Self.capacity / 2
            split(chunk, at: middle)
            if place <= middle { return insert(id, at: place, into: chunk) }
            return insert(id, at: chunks[chunk + 1].place + place - middle, into: chunk + 1)
        }
        let end = chunks[chunk].places.upperBound
        for moved in stride(from: end, to: place, by: -1) { copy(moved - 1, to: moved) }
        write(id, at: place, of: chunk)
        if id < chunks[chunk].start { chunks[chunk].start = id }
    }

    /// Adds what comes behind all ids of a full chunk, so that ids that ascend between others fill their chunks, too.
    private mutating func insert(_ id: ID, behind chunk: Int) {
        let next = chunk + 1
        if next < chunks.count, chunks[next].count < Self.capacity / 2 {
            return insert(id, at: chunks[next].place, into: next)
        }
        chunks.insert(emptyChunk(from: id), at: next)
        write(id, at: chunks[next].place, of: next)
    }

    /// Writes an id to a place of the chunk that is free, with the mark 0.
    private mutating func write(_ id: ID, at place: Int, of chunk: Int) {
        blocks[place] = id
        chunks[chunk].count += 1
        guard isMarked else { return }
        marks[place] = 0
        chunks[chunk].marks.add(0)
    }

    private mutating func copy(_ place: Int, to target: Int) {
        blocks[target] = blocks[place]
        if isMarked { marks[target] = marks[place] }
    }

    private mutating func split(_ chunk: Int, at middle: Int) {
        let upper = middle..<chunks[chunk].places.upperBound
        chunks[chunk].count -= upper.count
        if isMarked { for place in upper { chunks[chunk].marks.remove(marks[place]) } }
        chunks.insert(emptyChunk(from: blocks[middle]), at: chunk + 1)
        move(upper, to: chunk + 1)
    }

    /// Joins a chunk that lost an id with a neighbour, where both fit into half a chunk.
    private mutating func join(_ chunk: Int) {
        for lower in [chunk - 1, chunk] where lower >= 0 && lower + 1 < chunks.count {
            guard chunks[lower].count + chunks[lower + 1].count <= Self.capacity / 2 else { continue }
            let upper = chunks.remove(at: lower + 1)
            freePlaces.append(upper.place)
            return move(upper.places, to: lower)
        }
        if chunks[chunk].count == 0 { freePlaces.append(chunks.remove(at: chunk).place) }
    }

    private mutating func emptyChunk(from start: ID) -> Chunk {
        if let place = freePlaces.popLast() { return Chunk(start: start, place: place) }
        let place = blocks.count
        for _ in 0..<Self.capacity { blocks.append(start) }
        if isMarked { for _ in 0..<Self.capacity { marks.append(0) } }
        return Chunk(start: start, place: place)
    }

    /// Adds the ids at `places`, of no chunk any more, behind those of the chunk.
    private mutating func move(_ places: Range<Int>, to chunk: Int) {
        for (target, place) in zip(chunks[chunk].places.upperBound..., places) {
            copy(place, to: target)
            if isMarked { chunks[chunk].marks.add(marks[place]) }
        }
        chunks[chunk].count += places.count
    }
}

// MARK: - Marks

extension CreationOrder {
    /// Below 8.
    typealias Mark = UInt8

    /// Marks `id`, if it is there.
    ///
    /// - Complexity: O(log *n*); O(1) for the highest.
    mutating func mark(_ id: ID, as mark: Mark) {
        guard let chunk = id == last ? chunks.count - 1 : chunks.isEmpty ? nil : chunkIndex(for: id) else { return }
        var places = chunks[chunk].places
        if id == last { places = places.upperBound - 1..<places.upperBound }
        while places.count > 1 {
            let middle = places.lowerBound + places.count / 2
            places = blocks[middle] > id ? places.lowerBound..<middle : middle..<places.upperBound
        }
        guard let place = places.first, blocks[place] == id, marks[place] != mark else { return }
        chunks[chunk].marks.remove(marks[place])
        chunks[chunk].marks.add(mark)
        marks[place] = mark
    }
}

// MARK: - Places

extension CreationOrder {
    /// The chunk in which `id` is or would be: the last that begins at or below it, or the first.
    func chunkIndex(for id: ID) -> Int {
        var range = chunks.indices
        while range.count > 1 {
            let middle = range.lowerBound + range.count / 2
            range = chunks[middle].start > id ? range.lowerBound..<middle : middle..<range.upperBound
        }
        return range.lowerBound
    }

    /// Where in the block of `chunk` the ids begin that pass the test, which are the upper ones. Most that are asked for
    /// are young, so the search begins above.
    func firstPlace(in chunk: Chunk, where isUpper: (ID) -> Bool) -> Int {
        var place = chunk.places.upperBound
        while place > chunk.place, isUpper(blocks[place - 1]) { place -= 1 }
        return place
    }
}

extension CreationOrder: Sendable where ID: Sendable {}
extension CreationOrder.Chunk: Sendable where ID: Sendable {}

extension CreationOrder: Equatable {
    static func == (left: Self, right: Self) -> Bool {
        left.count == right.count && left.elementsEqual(right) && left.markList == right.markList
    }

    /// The marks of all ids, in their order.
    var markList: [Mark] { isMarked ? chunks.flatMap { $0.places.map { marks[$0] } } : [] }
}
