import UVCore

/// What is kept of messages of which a part has come, of all connections that share it: bodies that are being gathered,
/// messages of WebSockets.
///
/// Each message is bounded, and so is what they take together: when it is more, the one that has been under way longest
/// gives way. What honest peers send is whole a moment after it began; a part that a peer leaves lying does not keep others
/// from being heard.
@LoopActor
package final class UnfinishedMessages {
    /// What messages come to, one after the other.
    @LoopActor
    package protocol Owner: AnyObject {
        /// What is kept of the message under way; nil if nothing is.
        var unfinished: Part? { get set }

        /// Those among which it counts.
        var allUnfinished: UnfinishedMessages { get }

        /// Drops what is kept of the message under way, and counts that.
        func giveUpMessage()
    }

    /// What is kept of one message: a link of the chain.
    package final class Part {
        fileprivate let owner: any Owner
        package fileprivate(set) var bytes = 0
        fileprivate weak var previous: Part?
        fileprivate var next: Part?

        fileprivate init(_ owner: any Owner) { self.owner = owner }
    }

    /// How many bytes may be kept.
    package var limit: Int
    package private(set) var bytes = 0
    /// In the order in which the messages began.
    private var first: Part?
    private weak var last: Part?

    package nonisolated init(limit: Int) { self.limit = limit }

    fileprivate func begin(_ owner: any Owner) -> Part {
        let part = Part(owner)
        part.previous = last
        if let last { last.next = part } else { first = part }
        last = part
        return part
    }

    fileprivate func set(_ part: Part, _ bytes: Int) {
        self.bytes += bytes - part.bytes
        part.bytes = bytes
        for _ in 0..<Self.givenUpAtOnce {
            guard self.bytes > limit, let first else { return }
            first.owner.giveUpMessage()
        }
    }

    /// A large part does not push out thousands of small ones in one turn of the loop: the next part goes on with them.
    private static let givenUpAtOnce = 16

    fileprivate func end(_ part: Part) {
        bytes -= part.bytes
        if let previous = part.previous { previous.next = part.next } else { first = part.next }
        if let next = part.next { next.previous = part.previous } else { last = part.previous }
        part.next = nil
    }
}

extension UnfinishedMessages.Owner {
    /// So many bytes are kept of the message under way: none if it is whole, or given up.
    package func countUnfinished(_ bytes: Int) {
        guard bytes != unfinished?.bytes ?? 0 else { return }
        let part = unfinished ?? allUnfinished.begin(self)
        unfinished = bytes == 0 ? nil : part
        if bytes == 0 { allUnfinished.end(part) } else { allUnfinished.set(part, bytes) }
    }
}
