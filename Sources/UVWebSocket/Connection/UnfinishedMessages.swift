import UVCore

/// What is kept of messages of which a part has come, of all WebSockets that came the same way.
///
/// Each message is bounded, and so is what they take together: when it is more, the one that has been under way longest
/// gives way. What honest peers send is whole a moment after it began; a part that a peer leaves lying does not keep others
/// from being heard.
@LoopActor
final class UnfinishedMessages {
    /// What is kept of one message: a link of the chain.
    final class Part {
        fileprivate let socket: WebSocket
        fileprivate(set) var bytes = 0
        fileprivate weak var previous: Part?
        fileprivate var next: Part?

        fileprivate init(_ socket: WebSocket) { self.socket = socket }
    }

    private let limit: Int
    private(set) var bytes = 0
    /// In the order in which the messages began.
    private var first: Part?
    private weak var last: Part?

    nonisolated init(limit: Int) { self.limit = limit }

    /// A message of `socket` has begun.
    func begin(_ socket: WebSocket) -> Part {
        let part = Part(socket)
        part.previous = last
        if let last { last.next = part } else { first = part }
        last = part
        return part
    }

    /// So many bytes are kept of the message.
    func set(_ part: Part, _ bytes: Int) {
        self.bytes += bytes - part.bytes
        part.bytes = bytes
        while self.bytes > limit, let first { first.socket.giveUpMessage() }
    }

    /// The message is whole, or given up.
    func end(_ part: Part) {
        bytes -= part.bytes
        if let previous = part.previous { previous.next = part.next } else { first = part.next }
        if let next = part.next { next.previous = part.previous } else { last = part.previous }
        part.next = nil
    }
}

extension WebSocket {
    /// Counts what is kept of the message under way.
    func countUnfinished() {
        let bytes = state.assembler.keptBytes
        guard bytes != extras?.unfinished?.bytes ?? 0 else { return }
        let part = extras?.unfinished ?? shared.unfinished.begin(self)
        makeExtras().unfinished = bytes == 0 ? nil : part
        if bytes == 0 { shared.unfinished.end(part) } else { shared.unfinished.set(part, bytes) }
    }

    /// Drops what is kept of the message under way, and closes.
    fileprivate func giveUpMessage() {
        state.assembler.giveUp()
        countUnfinished()
        fail(.tryAgainLater, "Too much is under way")
    }
}
