import UVCore
import UVWebSocket

extension TaskFeed {
    /// A place in a server's history of events: behind which one a client stands.
    public struct Position: Sendable {
        /// The longest name of a history that is taken from a server, in bytes.
        static let longestEpoch = 128

        /// The name of the history: `sequence` means something within one alone.
        public let epoch: String

        /// The number of the last event that was received.
        public internal(set) var sequence: Int

        /// Behind event `sequence` of the history `epoch`.
        public init(epoch: String, sequence: Int) {
            self.epoch = epoch
            self.sequence = sequence
        }

        /// The place that a message names; nil if it names none.
        init?(_ message: FeedMessage) {
            guard let epoch = message.epoch, let sequence = message.sequence, epoch.utf8.count <= Self.longestEpoch
            else { return nil }
            self.init(epoch: epoch, sequence: sequence)
        }

        /// The place that a URL asks for, as in `?since=17&epoch=9f86d081884c7d65`; nil if it asks for none, or for what is
        /// none.
        package init?(_ url: WebSocketURL) {
            guard let since = url.value(of: "since"), let sequence = Self.number(since) else { return nil }
            self.init(epoch: url.value(of: "epoch") ?? "", sequence: sequence)
        }

        /// A server's rule: decimal digits and nothing else.
        private static func number(_ text: String) -> Int? {
            text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
        }
    }

    /// What came of resuming behind a connection that was lost.
    public enum Resumption: Hashable, Sendable {
        /// Every event that was missed has come, in order: so many.
        case recovered(missed: Int)

        /// Some events are gone. In their place the tasks of the rooms have come, in messages
        /// `{"event":"snapshot","tasks":[…],"seq":S,"more":true}`: so many.
        case snapshot(tasks: Int)
    }
}

extension TaskFeed.Position: CustomStringConvertible {
    /// `EPOCH:SEQ`, as the ids of server-sent events.
    public var description: String { "\(epoch):\(sequence)" }
}

extension WebSocketURL {
    /// Whether it says where to begin, and that is no number of an event.
    package var namesNoPosition: Bool {
        guard let since = value(of: "since"), !since.isEmpty else { return false }
        if case nil = TaskFeed.Position(self) { return true }
        return false
    }
}
