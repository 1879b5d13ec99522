import TaskEngine
import UVCore
import UVHTTP

/// An answer with many tasks: JSON that is written as it is sent, and never held as a whole.
@LoopActor
enum TaskArray {
    /// Writes elements, ``pieceSize`` bytes of them or what a turn of the loop has time for; returns whether there may
    /// be more.
    typealias Source = (inout JSONText) -> Bool

    /// How many bytes a source writes before it returns.
    nonisolated static let pieceSize = BodyStream.pieceSize

    /// Answers with an array, whose elements `source` writes.
    static func send(_ response: ServerResponse, from source: @escaping Source) {
        send(response, beginning: JSONText(beginning: [UInt8(ascii: "[")]), from: source, closing: "]")
    }

    /// Answers with `beginning`, what `source` writes behind it, and `closing`.
    static func send(
        _ response: ServerResponse, beginning: JSONText, from source: @escaping Source, closing: String
    ) {
        response.setHeader(ServerResponse.json)
        var json = beginning
        BodyStream.send(to: response) { piece in
            let hasMore = source(&json)
            json.move(to: &piece)
            if !hasMore { piece.append(contentsOf: closing.utf8) }
            return hasMore
        }
    }
}

extension JSONText {
    /// Writes a piece of the array of those ids. Returns whether there is more, from `position` on.
    mutating func ids(_ ids: [TaskID], from position: inout Int) -> Bool {
        while position < ids.count, bytes.count < TaskArray.pieceSize {
            element(ids[position])
            position += 1
        }
        return position < ids.count
    }
}
