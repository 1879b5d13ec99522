/// Ids in ascending order, which for the ids of tasks is the order of creation.
///
/// A list that is read page by page needs to find its place by an id, also by one that was deleted since; an array
/// finds it by halving, but a deletion near its beginning would move all that follows. So the ids lie in *chunks*, each
/// a short sorted array, the chunks themselves in order:
///
/// ```
///   [ 1 4 5 9 ] [ 12 13 17 ] [ 20 21 26 30 ] [ 31 ]
/// ```
///
/// The place of an id is found by halving twice, first among the chunks by their first ids, then within one: O(log
/// *n*). A change moves ids in one chunk only, at most `capacity` of them. A chunk that grew too long is cut in two; one
/// that is short enough to fit into half a chunk together with its neighbour is joined with it. So of two neighbours
/// one is always more than a quarter full, and there are few chunks: *n* / 64 at most, and *n* / 256 when nothing is
/// deleted. Only once in many changes a chunk comes or goes, and then the row of chunks, 8 bytes each, moves up.
/// (It is the two lowest levels of a B-tree; a third pays from tens of millions of ids on.)
///
/// There is nothing here that remembers a position, so no deletion can spoil one: who walks remembers the last id seen.
struct CreationOrder<ID: Comparable> {
    static var capacity: Int { 256 }

    var chunks: [[ID]] = []
    private(set) var count = 0

    /// The highest id. O(1).
    var last: ID? { chunks.last?.last }

    /// Adds `id`, and says whether it was new. One above all others, the common case, moves nothing.
    @discardableResult
    mutating func insert(_ id: ID) -> Bool {
        if let last, id <= last {
            let chunk = chunkIndex(for: id)
            let offset = chunks[chunk].partitioningIndex { $0 >= id }
            guard offset == chunks[chunk].endIndex || chunks[chunk][offset] != id else { return false }
            chunks[chunk].insert(id, at: offset)
            if chunks[chunk].count > Self.capacity { split(chunk) }
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
        let offset = chunks[chunk].partitioningIndex { $0 >= id }
        guard offset < chunks[chunk].endIndex, chunks[chunk][offset] == id else { return false }
        chunks[chunk].remove(at: offset)
        count -= 1
        join(chunk)
        return true
    }

    private mutating func append(_ id: ID) {
        if chunks.last.map({ $0.count == Self.capacity }) ?? true {
            var chunk: [ID] = []
            chunk.reserveCapacity(Self.capacity + 1)
            chunks.append(chunk)
        }
        chunks[chunks.count - 1].append(id)
    }

    private mutating func split(_ chunk: Int) {
        let middle = chunks[chunk].count / 2
        let upper = Array(chunks[chunk][middle...])
        chunks[chunk].removeSubrange(middle...)
        chunks.insert(upper, at: chunk + 1)
    }

    /// Joins a chunk that lost an id with a neighbour, where both fit into half a chunk.
    private mutating func join(_ chunk: Int) {
        for lower in [chunk - 1, chunk] where lower >= 0 && lower + 1 < chunks.count {
            guard chunks[lower].count + chunks[lower + 1].count <= Self.capacity / 2 else { continue }
            chunks[lower].append(contentsOf: chunks.remove(at: lower + 1))
            return
        }
        if chunks[chunk].isEmpty { chunks.remove(at: chunk) }
    }

    /// The chunk in which `id` is or would be: the last that begins at or below it, or the first.
    private func chunkIndex(for id: ID) -> Int {
        let firstAbove = chunks.partitioningIndex { $0[0] > id }
        return firstAbove == 0 ? 0 : firstAbove - 1
    }
}

extension CreationOrder: Sendable where ID: Sendable {}

extension CreationOrder: Equatable {
    static func == (left: Self, right: Self) -> Bool {
        left.count == right.count && left.elementsEqual(right)
    }
}

extension CreationOrder: Sequence {
    /// Walks the ids upwards.
    struct Iterator: IteratorProtocol {
        fileprivate let chunks: [[ID]]
        fileprivate var chunk: Int
        fileprivate var offset: Int

        mutating func next() -> ID? {
            while chunk < chunks.count, offset == chunks[chunk].count {
                chunk += 1
                offset = 0
            }
            guard chunk < chunks.count else { return nil }
            defer { offset += 1 }
            return chunks[chunk][offset]
        }
    }

    var underestimatedCount: Int { count }

    func makeIterator() -> Iterator {
        Iterator(chunks: chunks, chunk: 0, offset: 0)
    }

    /// Begins above `id`, which need not be there. O(log *n*).
    func makeIterator(after id: ID) -> Iterator {
        guard !chunks.isEmpty else { return makeIterator() }
        let chunk = chunkIndex(for: id)
        return Iterator(chunks: chunks, chunk: chunk, offset: chunks[chunk].partitioningIndex { $0 > id })
    }
}

extension CreationOrder.Iterator: Sendable where ID: Sendable {}

extension Array {
    /// The first index whose element is in the second of two parts, where all that fail the test come before all that
    /// pass it. O(log *n*).
    fileprivate func partitioningIndex(_ isInSecondPart: (Element) -> Bool) -> Int {
        var range = 0..<count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            range = isInSecondPart(self[middle]) ? range.lowerBound..<middle : middle + 1..<range.upperBound
        }
        return range.lowerBound
    }
}
