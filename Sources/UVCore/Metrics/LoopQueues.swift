/// What waits in the loop's queues at one moment, for a learner to look at.
package struct LoopQueues: Hashable, Sendable {
    /// The timeouts of one delay.
    package struct Timeouts: Hashable, Sendable {
        package let milliseconds: Int64
        package let count: Int
    }

    package let ticks: Int
    package let microtasks: Int
    package let immediates: Int
    /// The shortest delay first.
    package let timeouts: [Timeouts]
}

extension EventLoop {
    /// What is called with each loop before its main program and when it has ended, so that a recorder sees all of it; and of
    /// a loop that is traced when a callback and the queues behind it have ended, unless another one follows in its batch.
    package struct Observer {
        let willBegin: @LoopActor (EventLoop) -> Void
        let didCall: @LoopActor (EventLoop) -> Void
        let didEnd: @LoopActor (EventLoop) -> Void

        package init(
            willBegin: @escaping @LoopActor (EventLoop) -> Void, didCall: @escaping @LoopActor (EventLoop) -> Void,
            didEnd: @escaping @LoopActor (EventLoop) -> Void
        ) {
            (self.willBegin, self.didCall, self.didEnd) = (willBegin, didCall, didEnd)
        }
    }

    /// Unchecked: it is set while no loop runs.
    package nonisolated(unsafe) static var observer: Observer?

    /// Whether the calling thread is that of the running loop.
    package nonisolated static var runsHere: Bool { LoopThread.isCurrent }

    /// What waits now. O(timeouts).
    package var queues: LoopQueues {
        LoopQueues(
            ticks: state.ticks.count, microtasks: state.microtasks.count, immediates: immediates.count,
            timeouts: timers.waiting)
    }
}

extension LoopTracer {
    /// How many callbacks have begun since this tracer has: the last of them runs, or was the last that ran.
    package var callbacksBegun: Int { begun() }
}
