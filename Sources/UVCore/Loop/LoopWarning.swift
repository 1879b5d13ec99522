/// Something that does not stop the program and that its author should know, as Node's `process.emitWarning` tells it.
public struct LoopWarning: Hashable, Sendable, CustomStringConvertible {
    /// What kind it is, as Node names it: `TimeoutOverflowWarning`.
    public let name: String

    /// What has happened, and what was done about it.
    public let message: String

    package init(name: String, message: String) {
        self.name = name
        self.message = message
    }

    /// Name and message, as they are written to standard error.
    public var description: String { "\(name): \(message)" }
}

extension LoopWarning {
    /// The loop has ended by itself, and a task that was made on its thread has not.
    static let unfinishedTask = LoopWarning(
        name: "UnfinishedTaskWarning",
        message: """
            The event loop has ended while a task was waiting.
            Timers, I/O and jobs of the loop keep it alive; Task.sleep and other threads do not: await loop.sleep instead.
            A task of the main actor never runs while the loop has the main thread: make it by loop.spawn.
            """)

    /// A server has no handler for that, and tries again.
    static func acceptFailed(_ error: LoopError) -> LoopWarning {
        LoopWarning(name: "AcceptWarning", message: "\(error). The server tries again.")
    }

    /// A delay of more than 2³¹ − 1 ms has become one of 1 ms.
    static func timeoutOverflow(_ delay: Duration) -> LoopWarning {
        LoopWarning(
            name: "TimeoutOverflowWarning",
            message: """
                \(delay.wholeMilliseconds) does not fit into a 32-bit signed integer.
                Timeout duration was set to 1.
                """)
    }
}

extension EventLoop {
    /// Tells the program, in a tick.
    package func warn(_ warning: LoopWarning) {
        nextTick { [self] in
            guard let onWarning else { return StandardStream.error.write("\(warning)\n") }
            try onWarning(warning)
        }
    }
}
