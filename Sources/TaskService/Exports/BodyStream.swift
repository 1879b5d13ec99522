import UVCore
import UVHTTP

/// Sends a body piece by piece, no faster than the client reads it.
///
/// ```
/// fill a piece ─► write ─► taken: the next piece in the next turn of the loop
///       ▲             └──► full:  the next piece when the client has read ─┐
///       └──────────────────────────────────────────────────────────────────┘
/// ```
///
/// There is one piece in memory at a time, and other connections get their turn between two of them.
@LoopActor
final class BodyStream {
    /// How many bytes a piece has before no more rows are put into it: with the chunk's frame around it, it still fits
    /// into one of the loop's output buffers.
    private static let pieceSize = 15_360

    private let response: ServerResponse
    private let addRow: (inout [UInt8]) -> Bool
    private var piece: [UInt8] = []

    /// - Parameter addRow: Appends the next row; false when there is none, and then it has appended nothing.
    private init(_ response: ServerResponse, _ addRow: @escaping (inout [UInt8]) -> Bool) {
        self.response = response
        self.addRow = addRow
    }

    /// Sends `head` and then row after row until there is none. To HEAD it sends no body, and makes none.
    static func send(
        _ head: String = "", to response: ServerResponse, rows addRow: @escaping (inout [UInt8]) -> Bool
    ) {
        guard response.request?.method != .head else {
            response.writeHead(.ok)
            return response.end()
        }
        let stream = BodyStream(response, addRow)
        stream.piece.append(contentsOf: head.utf8)
        // Let go when the response is done with, also when the client has left.
        response.onDrain = { stream.sendInNextTurn() }
        stream.sendPiece()
    }

    private func sendInNextTurn() {
        // Not here: a client that reads as fast as we write would keep the loop to itself.
        EventLoop.current.setImmediate { [self] in sendPiece() }
    }

    private func sendPiece() {
        var hasMore = true
        while hasMore, piece.count < Self.pieceSize { hasMore = addRow(&piece) }
        let goesOn = piece.isEmpty || response.write(piece)
        piece.removeAll(keepingCapacity: true)
        if !hasMore {
            response.end()
        } else if goesOn {
            sendInNextTurn()
        }
    }
}
