import DequeModule

/// Pieces of a body in the order in which they have arrived. One alone, which is what most bodies are, needs no list.
struct BodyPieces: Equatable {
    private var first: [UInt8]?
    /// Those behind it.
    private var others: Deque<[UInt8]>?

    /// How many bytes they have together.
    private(set) var byteCount = 0

    var count: Int { first == nil ? 0 : 1 + (others?.count ?? 0) }

    var isEmpty: Bool { first == nil }

    mutating func append(_ piece: [UInt8]) {
        byteCount += piece.count
        if first == nil { return first = piece }
        if others == nil { others = [] }
        others?.append(piece)
    }

    mutating func popFirst() -> [UInt8]? {
        guard let piece = first.take() else { return nil }
        byteCount -= piece.count
        first = others?.popFirst()
        if first == nil { others = nil }
        return piece
    }

    mutating func removeAll() {
        if !isEmpty { self = BodyPieces() }
    }
}
