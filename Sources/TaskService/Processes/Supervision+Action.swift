import UVCore

extension Supervision {
    /// What is to be done.
    enum Action: Equatable {
        case start(Child)
        /// Nothing starts in the slot for that long; then it has rested.
        case rest(slot: Int, Duration)
        case tell(Child, ProcessOrder)
        /// The sockets are no longer kept: they listen as long as a process does.
        case letGo
        case exit(Int32)
        case note(Note)
    }

    /// How a process has ended.
    enum End: Equatable {
        case code(Int32)
        case signal(Signal)
        /// The system has not started it.
        case notStarted(LoopError)
    }

    /// What the log is to say.
    enum Note: Equatable {
        /// Another one starts when `next` has passed; nil where none does, or one does already.
        case lost(Child, End, next: Duration?)
        /// A process that was to replace another one has ended: the others are not replaced.
        case stayed(Child, End)
        case givesUp(slot: Int)
        case replacing, replaced
    }
}
