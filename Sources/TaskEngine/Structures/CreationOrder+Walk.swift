extension CreationOrder: Sequence {
    /// Walks the ids upwards, or downwards.
    struct Iterator: IteratorProtocol {
        fileprivate let order: CreationOrder
        fileprivate let isDescending: Bool
        fileprivate var chunk: Int
        /// How many ids of the chunk lie below the place between two ids at which the walk stands.
        fileprivate var offset: Int

        mutating func next() -> ID? { isDescending ? previous() : following() }

        private mutating func following() -> ID? {
            while chunk < order.chunks.count, offset == order.chunks[chunk].count {
                chunk += 1
                offset = 0
            }
            guard chunk < order.chunks.count else { return nil }
            defer { offset += 1 }
            return order.blocks[order.chunks[chunk].place + offset]
        }

        private mutating func previous() -> ID? {
            while offset == 0 {
                guard chunk > 0 else { return nil }
                chunk -= 1
                offset = order.chunks[chunk].count
            }
            offset -= 1
            return order.blocks[order.chunks[chunk].place + offset]
        }
    }

    var underestimatedCount: Int { count }

    func makeIterator() -> Iterator {
        Iterator(order: self, isDescending: false, chunk: 0, offset: 0)
    }

    /// Begins above `id`, which need not be there. O(log *n*).
    func makeIterator(after id: ID) -> Iterator {
        guard !chunks.isEmpty else { return makeIterator() }
        let chunk = chunkIndex(for: id)
        let place = firstPlace(in: chunks[chunk]) { $0 > id }
        return Iterator(order: self, isDescending: false, chunk: chunk, offset: place - chunks[chunk].place)
    }

    /// Walks downwards from the highest.
    func makeDescendingIterator() -> Iterator {
        Iterator(order: self, isDescending: true, chunk: chunks.count, offset: 0)
    }

    /// Walks downwards from below `id`, which need not be there. O(log *n*).
    func makeDescendingIterator(before id: ID) -> Iterator {
        guard !chunks.isEmpty else { return makeDescendingIterator() }
        let chunk = chunkIndex(for: id)
        let place = firstPlace(in: chunks[chunk]) { $0 >= id }
        return Iterator(order: self, isDescending: true, chunk: chunk, offset: place - chunks[chunk].place)
    }
}

extension CreationOrder.Iterator: Sendable where ID: Sendable {}
