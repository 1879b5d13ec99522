extension Socket {
    /// What each read and each write touches. What other modules ask for with each request, they read by themselves.
    @usableFromInline
    struct State {
        var handle: Handle?
        @usableFromInline var life = Life.open

        /// What lies between the socket and the network.
        var layer: (any SocketLayer)?

        // The way in: the program's callbacks, what was read, and how far reading has come.
        var onData: (([UInt8]) throws -> Void)?
        var onBytes: ((RawSpan) throws -> Void)?
        var input = SocketInput()
        var bytesRead = 0

        // The way out.
        /// Accepted by `write` and not handed to the system: corked, or behind a write that is under way.
        var output: OutputBuffer?
        /// Bytes in the one `uv_write` that is under way; 0 when none is.
        var bytesInFlight = 0
        /// How many of the program's bytes those are; all of them, but where a layer has made them of others.
        var contentInFlight = 0
        /// Bytes of the program's that the system has taken, without those of the write under way.
        var bytesTaken = 0
        var highWaterMark = 16_384
        var owed = Owed()
        var corking = Corking.none
        @usableFromInline var writableEnd = WritableEnd.open

        /// The next of the loop's corked sockets.
        var nextCorked: Socket?
    }

    /// What is due when the system has taken more of what was written, or the layer can. Few sockets owe anything, and
    /// those that do not are told by one look.
    struct Owed: OptionSet {
        let rawValue: UInt8
        /// ``Socket/onDrain``, when it has taken all.
        static let drain = Owed(rawValue: 1)
        /// The callbacks of writes and of the end.
        static let callbacks = Owed(rawValue: 2)
        /// The time without traffic begins anew.
        static let refresh = Owed(rawValue: 4)
        /// To offer the layer again, when something was received, what it could not take or say before.
        static let offer = Owed(rawValue: 8)
    }

    /// From opening to the end.
    @usableFromInline
    enum Life {
        case connecting
        /// Connected, while the layer's handshake is not finished.
        case handshaking
        case open, destroyed
    }

    /// How far this side has come in ending.
    @usableFromInline
    enum WritableEnd {
        case open, requested, sent, finished
    }

    /// Whether output is held back until the running callback's queues have drained.
    enum Corking {
        case none, corked
        /// No longer, but the loop's list has the socket still.
        case letGo
    }
}
