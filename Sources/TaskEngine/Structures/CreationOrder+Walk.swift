extension CreationOrder: Sequence {
    /// Walks the ids upwards, or downwards; of an order that is marked only those with certain marks, if they are named.
    ///
    /// Chunks without any such mark cost a look each, however many ids they have.
    struct Iterator: IteratorProtocol {
        fileprivate let order: CreationOrder
        fileprivate let isDescending: Bool
        fileprivate var chunk: Int
        /// How many ids of the chunk lie below the place between two ids at which the walk stands.
        fileprivate var offset: Int
        /// A bit for each mark; nil for all ids.
        fileprivate var marks: UInt8?

        mutating func next() -> ID? { isDescending ? previous() : following() }

        /// The same walk, over the ids alone whose mark has its bit set.
        func over(_ marks: UInt8) -> Self {
            var walk = self
            walk.marks = marks
            return walk
        }

        private mutating func following() -> ID? {
            while chunk < order.chunks.count {
                let here = order.chunks[chunk]
                if isOnTheWay(here) {
                    while offset < here.count {
                        offset += 1
                        if let id = id(at: here.place + offset - 1) { return id }
                    }
                }
                chunk += 1
                offset = 0
            }
            return nil
        }

        private mutating func previous() -> ID? {
            while true {
                if offset > 0, isOnTheWay(order.chunks[chunk]) {
                    while offset > 0 {
                        offset -= 1
                        if let id = id(at: order.chunks[chunk].place + offset) { return id }
                    }
                }
                guard chunk > 0 else { return nil }
                chunk -= 1
                offset = order.chunks[chunk].count
            }
        }

        private func isOnTheWay(_ chunk: Chunk) -> Bool { marks.map { chunk.marks.present & $0 != 0 } ?? true }

        private func id(at place: Int) -> ID? {
            if let marks, marks & 1 << order.marks[place] == 0 { return nil }
            return order.blocks[place]
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
