/// What arrives on a socket, a piece after another. Made by ``Socket/bytes``.
@LoopActor
public struct SocketBytes: AsyncSequence {
    public typealias Element = [UInt8]

    private let reader: SocketReader

    init(_ reader: SocketReader) { self.reader = reader }

    public nonisolated func makeAsyncIterator() -> Iterator { Iterator(reader: reader) }

    /// The place of a reader. There is one for a socket.
    public struct Iterator: AsyncIteratorProtocol {
        let reader: SocketReader

        /// The next piece, which is never empty. Nil behind the peer's end, and if the task is cancelled.
        public mutating func next() async throws(LoopError) -> [UInt8]? { try await reader.next() }
    }
}

extension Socket {
    /// What arrives, for a task that takes one piece after another.
    ///
    /// ```swift
    /// Server { socket in
    ///     loop.spawn { for try await bytes in socket.bytes { try await socket.send(bytes) } }
    /// }
    /// ```
    ///
    /// It takes the place of ``onData`` and ``onBytes``; the other callbacks are called as ever. A piece is what one read has
    /// brought, 64 KiB at most. What no task has taken waits as in a socket that is paused (see ``pause()``): when 16 KiB do,
    /// nothing more is read, and the peer is held up.
    ///
    /// The iteration ends when the peer has ended its side, and when its task is cancelled. It throws what has broken the
    /// connection, also while that is being opened, which is no uncaught error then; and `EOF` when the connection was closed
    /// by this side before the peer's end. A loop that is left closes nothing, and another one goes on where it was left. Once
    /// the peer's end was announced, or the socket is destroyed, there is nothing for a new iteration.
    ///
    /// The peer's end ends this side too, unless ``allowsHalfOpen`` is set: set it where the task still writes when all was
    /// read.
    /// - Precondition: One task at a time waits for the next piece.
    public var bytes: SocketBytes {
        if let reader = extras?.reader { return SocketBytes(reader) }
        let reader = SocketReader(of: self)
        // Once it is closed, nothing is kept any more.
        if !isDestroyed { makeExtras().reader = reader }
        return SocketBytes(reader)
    }
}
