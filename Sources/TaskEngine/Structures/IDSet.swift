/// A set of ids that grows a small piece at a time: a few lie in a list, many in a table.
///
/// A `Set` that is full is made anew as a whole, and one of a million keeps every client waiting for it.
enum IDSet<ID: Hashable> {
    case few([ID])
    indirect case many(IDTable<HashedKey<ID>, Void>)

    /// How many are looked through one after the other.
    private static var limit: Int { 8 }

    init() { self = .few([]) }

    init(_ id: ID) { self = .few([id]) }

    var count: Int {
        switch self {
        case .few(let ids): ids.count
        case .many(let table): table.count
        }
    }

    var isEmpty: Bool { count == 0 }

    /// O(1).
    func contains(_ id: ID) -> Bool {
        switch self {
        case .few(let ids): ids.contains(id)
        case .many(let table): table[HashedKey(id)] != nil
        }
    }

    /// Adds `id`, which is there once then. O(1).
    mutating func insert(_ id: ID) {
        switch self {
        case .few(var ids):
            guard !ids.contains(id) else { return }
            // What is held twice would be copied to be changed.
            self = .few([])
            ids.append(id)
            self = ids.count > Self.limit ? .many(Self.table(of: ids)) : .few(ids)
        case .many(var table):
            self = .few([])
            table.updateValue((), for: HashedKey(id))
            self = .many(table)
        }
    }

    /// Takes `id` out, if it is there. O(1).
    mutating func remove(_ id: ID) {
        switch self {
        case .few(var ids):
            guard let place = ids.firstIndex(of: id) else { return }
            self = .few([])
            ids.swapAt(place, ids.count - 1)
            ids.removeLast()
            self = .few(ids)
        case .many(var table):
            self = .few([])
            table.removeValue(for: HashedKey(id))
            self = .many(table)
        }
    }

    private static func table(of ids: [ID]) -> IDTable<HashedKey<ID>, Void> {
        var table = IDTable<HashedKey<ID>, Void>()
        for id in ids { table.updateValue((), for: HashedKey(id)) }
        return table
    }
}

extension IDSet: Sequence {
    func makeIterator() -> AnyIterator<ID> {
        switch self {
        case .few(let ids): AnyIterator(ids.makeIterator())
        case .many(let table): AnyIterator(table.entries.lazy.map(\.id.id).makeIterator())
        }
    }
}

extension IDSet: Equatable {
    static func == (left: Self, right: Self) -> Bool {
        left.count == right.count && left.allSatisfy(right.contains)
    }
}

extension IDSet: Sendable where ID: Sendable {}
