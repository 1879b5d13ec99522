/// A place in a log: behind which events an append goes. Nothing but the log looks into it.
///
/// It names the history, too, so that one which was lost and written anew is told from the one that a server knows.
public struct LogPosition: Hashable, Sendable {
    /// The number of the last event before it.
    public let sequence: Int

    /// The history: `sequence` means something within one alone.
    public let epoch: LogEpoch

    /// The append whose last event that is; 0 before the first.
    package let append: UInt64

    package init(epoch: LogEpoch, sequence: Int, append: UInt64) {
        self.epoch = epoch
        self.sequence = sequence
        self.append = append
    }

    /// The number behind which a history begins, when those up to `sequence` were given in others: it is a multiple of 2³²,
    /// so numbers ascend from one history to the next.
    static func nextBeginning(after sequence: Int) -> Int { (sequence >> 32 + 1) << 32 }

    /// Whether a history can begin behind that number.
    static func isBeginning(_ sequence: Int) -> Bool { sequence & 0xffff_ffff == 0 }

    /// The number behind which a history begins that goes on from the tasks as they are, of whose making no event of it
    /// tells: one above a beginning, so that its first event is not taken for the first of all.
    static func nextContinuation(after sequence: Int) -> Int { nextBeginning(after: sequence) + 1 }

    /// Whether a history can go on from tasks behind that number, whatever the last event before it.
    static func isContinuation(_ sequence: Int) -> Bool { isBeginning(sequence - 1) }
}

/// The name of a log's history: random, and a new one when the history was lost.
public struct LogEpoch: Hashable, Sendable {
    package let number: UInt64

    package init(number: UInt64) { self.number = number }

    /// A history that has no other's name.
    package static func random() -> LogEpoch { LogEpoch(number: .random(in: 1 ... .max)) }
}

extension LogEpoch: CustomStringConvertible {
    /// 16 hexadecimal digits.
    public var description: String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
