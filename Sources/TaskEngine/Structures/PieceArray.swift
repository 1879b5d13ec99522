/// An array that grows a piece at a time.
///
/// An `Array` that is full moves all its elements into twice as much memory, and a million of them keep every client
/// waiting. Here they lie in *pieces* of one size, and what grows is the row of those:
///
/// ```
///   pieces      0         1         2
///               ▼         ▼         ▼
///            [ 0…4095 ][ 4096…8191 ][ 8192, 8193 ]
/// ```
///
/// It gives a place away only at its end, so the place of an element is a shift and a mask.
struct PieceArray<Element> {
    private var pieces: [[Element]] = []
    private(set) var count = 0

    /// A power of two, of which this is the exponent.
    private static var bits: Int { 12 }
    private static var pieceSize: Int { 1 << bits }

    var isEmpty: Bool { count == 0 }

    /// O(1).
    subscript(place: Int) -> Element {
        _read { yield pieces[place >> Self.bits][place & (Self.pieceSize - 1)] }
        _modify { yield &pieces[place >> Self.bits][place & (Self.pieceSize - 1)] }
    }

    /// O(1): at most one piece is made. The first grows as arrays do, so that few elements take little memory.
    mutating func append(_ element: Element) {
        let piece = count >> Self.bits
        if piece == pieces.count {
            pieces.append([])
            if piece > 0 { pieces[piece].reserveCapacity(Self.pieceSize) }
        }
        pieces[piece].append(element)
        count += 1
    }

    /// Takes the last element out; nil if there is none. O(1). A piece that is empty stays, for those that come.
    @discardableResult
    mutating func popLast() -> Element? {
        guard count > 0 else { return nil }
        count -= 1
        return pieces[count >> Self.bits].popLast()
    }
}

extension PieceArray: Sequence {
    func makeIterator() -> some IteratorProtocol<Element> { pieces.joined().makeIterator() }

    var underestimatedCount: Int { count }
}

extension PieceArray: Sendable where Element: Sendable {}
