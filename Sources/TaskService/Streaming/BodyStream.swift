import UVCore
import UVHTTP

/// Sends a body piece by piece, no faster than the client reads it. A short one goes out whole, with its length.
///
/// ```
/// fill a piece ─► write ─► taken: the next piece in the next turn of the loop
///       ▲             └──► full:  the next piece when the client has read ─┐
///       └──────────────────────────────────────────────────────────────────┘
/// ```
///
/// There is one piece in memory at a time, and other connections get their turn between two of them: all bodies together
/// have their share of a turn, see ``StepQueue``.
@LoopActor
final class BodyStream {
    /// From how many bytes on a piece is sent: with the chunk's frame around it, it still fits into one of the loop's
    /// output buffers.
    nonisolated static let pieceSize = 15_360

    /// Appends a piece, about ``pieceSize`` bytes or what a turn of the loop has time for; returns whether there may be
    /// more.
    typealias Source = (inout [UInt8]) -> Bool

    private let response: ServerResponse
    private let fill: Source
    private var piece: [UInt8] = []
    private var isClosed = false

    private init(_ response: ServerResponse, _ fill: @escaping Source) {
        self.response = response
        self.fill = fill
    }

    /// Sends what `fill` gives. To HEAD it sends no body, and makes none.
    static func send(to response: ServerResponse, filling fill: @escaping Source) {
        guard !response.answersHead else {
            if !response.headersSent { response.writeHead(response.status) }
            return response.end()
        }
        let stream = BodyStream(response, fill)
        // Let go when the response is done with, also when the client has left.
        response.onDrain = { stream.sendInNextTurn() }
        // An answer behind others makes its first piece when its turn comes, and holds none before.
        response.whenCurrent { stream.sendPiece() }
        // For a client that has left no more pieces are made.
        if !response.isEnded { response.whenClosed { stream.isClosed = true } }
    }

    /// Sends `head` and then row after row, in chunks however few there are.
    ///
    /// - Parameter addRow: Appends the next row; false when there is none, and then it has appended nothing.
    static func send(_ head: String = "", to response: ServerResponse, rows addRow: @escaping Source) {
        var head = head
        response.writeHead(response.status)
        send(to: response) { piece in
            piece.append(contentsOf: head.utf8)
            head = ""
            while piece.count < pieceSize { guard addRow(&piece) else { return false } }
            return true
        }
    }

    private func sendInNextTurn() {
        // Not here: a client that reads as fast as we write would keep the loop to itself.
        StepQueue.current.add { [self] in
            sendPiece()
            return false
        }
    }

    private func sendPiece() {
        guard !isClosed else { return }
        guard fill(&piece) else { return response.end(piece) }
        let goesOn = piece.isEmpty || response.write(piece)
        piece.removeAll(keepingCapacity: piece.capacity <= JSONText.keptCapacity)
        if goesOn { sendInNextTurn() }
    }
}
