/// The frames that a hub has collected for one peer, what goes behind them, and how much may wait for that peer.
///
/// ```
/// hub ────────► outbox ── a portion an iteration ──► socket ──► system
/// program ──┬─► (only behind what is there already)    ▲
///           └──────────────────────────────────────────┘
/// ```
///
/// The limit is checked before a frame is added, so one frame may be larger than it. Against it count the bytes in the
/// socket, the program's own frames, and, when the socket has not got rid of all it was given, also what the hub
/// brought in earlier turns, each from one check phase to the next. What the hub brings in this turn, and what waits here
/// only because a portion is all that an iteration sends, is no sign of a slow peer.
///
/// So a hub's burst may rise above the limit. Until it has sunk again, nothing is added above its highest level.
package struct Outbox {
    /// Where a frame comes from.
    package enum Source {
        case hub, program
    }

    /// What one iteration sends: whole pieces up to this many bytes, or a single larger one.
    package static let portion = 256 << 10

    /// How much may wait here only for its portion. Beyond it portions grow, so that a hub that brings more than a
    /// portion in each iteration does not fill the memory.
    package static let most = 16 << 20

    /// A frame, or several of the hub's that belong together.
    private struct Piece {
        let bytes: [UInt8]
        let source: Source
    }

    private let limit: Int
    private var pieces: [Piece] = []
    /// Bytes of all frames, of the program's, and of those that the hub has brought in this turn.
    package private(set) var length = 0
    private var programLength = 0
    private var freshLength = 0
    /// Whether a portion was all that left, and the rest waits until the system has taken it.
    package var hasRest = false
    /// How far all that waits may rise: the limit, or a burst's highest level.
    private var ceiling: Int

    /// - Parameter limit: ``WebSocketLimits/outgoing``.
    package init(limit: Int) {
        self.limit = limit
        ceiling = limit
    }

    package var isEmpty: Bool { pieces.isEmpty }

    /// Whether the hub has brought something in this turn.
    package var isFresh: Bool { freshLength > 0 }

    /// The hub's turn is over: what it has brought counts from now on.
    package mutating func endTurn() { freshLength = 0 }

    /// Whether a frame of `count` bytes may be added while `written` bytes wait in the socket.
    package mutating func admits(_ count: Int, behind written: Int, from source: Source) -> Bool {
        let waiting = written + length
        let counted = written == 0 ? programLength : waiting - freshLength
        guard counted <= limit else { return waiting + count <= ceiling }
        ceiling = max(limit, source == .hub ? waiting + count : waiting)
        return true
    }

    package mutating func append(_ frame: [UInt8], from source: Source) {
        pieces.append(Piece(bytes: frame, source: source))
        length += frame.count
        switch source {
        case .hub: freshLength += frame.count
        case .program: programLength += frame.count
        }
    }

    /// Takes the next portion out and calls `write` with each piece of it.
    ///
    /// - Complexity: O(pieces).
    package mutating func handOver(_ write: ([UInt8]) -> Void) {
        let portion = max(Self.portion, length - Self.most)
        var (count, bytes) = (0, 0)
        for piece in pieces {
            guard count == 0 || bytes + piece.bytes.count <= portion else { break }
            write(piece.bytes)
            count += 1
            bytes += piece.bytes.count
            if piece.source == .program { programLength -= piece.bytes.count }
        }
        length -= bytes
        freshLength = 0
        hasRest = count < pieces.count
        if hasRest { return pieces.removeFirst(count) }
        // The room of an ordinary iteration is kept, that of a burst is not: there may be many members.
        pieces.removeAll(keepingCapacity: count <= 8)
    }

    /// Takes all out and calls `write` with each piece.
    package mutating func handOverAll(_ write: ([UInt8]) -> Void) {
        for piece in pieces { write(piece.bytes) }
        removeAll()
    }

    package mutating func removeAll() {
        (pieces, hasRest) = ([], false)
        (length, programLength, freshLength) = (0, 0, 0)
    }
}
