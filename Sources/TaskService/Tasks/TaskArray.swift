import HTTPTypes
import TaskEngine
import UVCore
import UVHTTP

/// An answer with many tasks, written piece by piece: no more than a piece is held, and between two of them the loop
/// turns. A short one goes out whole, with its length.
///
/// ```
/// opening [ task , task , … ] closing
/// ```
@LoopActor
final class TaskArray {
    /// From how many bytes on a piece is sent.
    static let pieceLength = 32_768

    /// Writes some tasks, about `pieceLength` bytes of them; returns whether there may be more.
    typealias Source = (inout JSONText) -> Bool

    private let response: ServerResponse
    private let closing: String
    private let writeSome: Source
    private var json: JSONText

    /// Answers with the tasks of `source` within `opening` and `closing`, such as the object they are a member of.
    static func send(
        _ response: ServerResponse, opening: [UInt8] = [], closing: String = "", from source: @escaping Source
    ) {
        response.setHeader(.contentType, "application/json; charset=utf-8")
        TaskArray(response, opening, closing, source).step()
    }

    /// Answers with tasks that are at hand.
    static func send(
        _ response: ServerResponse, opening: [UInt8] = [], closing: String = "", _ tasks: [TaskRecord]
    ) {
        var rest = tasks[...]
        send(response, opening: opening, closing: closing) { json in
            while let task = rest.popFirst() {
                json.task(task)
                if json.bytes.count >= pieceLength { break }
            }
            return !rest.isEmpty
        }
    }

    private init(_ response: ServerResponse, _ opening: [UInt8], _ closing: String, _ source: @escaping Source) {
        self.response = response
        self.closing = "]" + closing
        writeSome = source
        json = JSONText(beginning: opening + [UInt8(ascii: "[")])
    }

    private func step() {
        guard writeSome(&json) else { return response.end(json.take() + Array(closing.utf8)) }
        // To HEAD the fields are the answer.
        if response.request?.method == .head { return response.end() }
        if response.write(json.take()) {
            EventLoop.current.setImmediate { [self] in step() }
        } else {
            // Comes when the client has taken enough, and never if it has gone.
            response.onDrain = { [self] in step() }
        }
    }
}
