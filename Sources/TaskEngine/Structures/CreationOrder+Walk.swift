extension CreationOrder: Sequence {
    /// Walks the ids upwards.
    struct Iterator: IteratorProtocol {
        fileprivate let order: CreationOrder
        fileprivate var chunk: Int
        fileprivate var offset: Int

        mutating func next() -> ID? {
            while chunk < order.chunks.count, offset == order.chunks[chunk].count {
                chunk += 1
                offset = 0
            }
            guard chunk < order.chunks.count else { return nil }
            defer { offset += 1 }
            return order.blocks[order.chunks[chunk].place + offset]
        }
    }

    var underestimatedCount: Int { count }

    func makeIterator() -> Iterator {
        Iterator(order: self, chunk: 0, offset: 0)
    }

    /// Begins above `id`, which need not be there. O(log *n*).
    func makeIterator(after id: ID) -> Iterator {
        guard !chunks.isEmpty else { return makeIterator() }
        let chunk = chunkIndex(for: id)
        let place = firstPlace(in: chunks[chunk]) { $0 > id }
        return Iterator(order: self, chunk: chunk, offset: place - chunks[chunk].place)
    }
}

extension CreationOrder.Iterator: Sendable where ID: Sendable {}
