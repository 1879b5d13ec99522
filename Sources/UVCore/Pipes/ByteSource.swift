/// Something that bytes come from, one after another: a ``Socket``, what a program writes, a body.
///
/// Its one use is ``pipe(to:_:)``. A type of your own is a source when it can hand its bytes to one receiver, and stop
/// and go when it is told to.
@LoopActor
public protocol ByteSource {
    /// Hands all that comes from now on to `receiver`, and then its end. Called once, by the pipe.
    ///
    /// The receiver is not called inside this call. A source that has ended, or failed, tells that in a tick.
    func hand(to receiver: ByteReceiver)

    /// Hands nothing on until ``resume()``; a piece that is under way may still come.
    func pause()

    /// Goes on after ``pause()``.
    func resume()

    /// Gives up what has not come, since the bytes have nowhere to go. A pipe does not call it for a source that has
    /// ended.
    func abandon(_ error: any Error)
}

/// Where a ``ByteSource`` hands its bytes.
public struct ByteReceiver {
    /// Called with each piece; the span is valid for the call alone.
    public let onBytes: @LoopActor (RawSpan) throws -> Void

    /// Called once, behind the last piece: with nil, or with what has kept the rest from coming.
    public let onEnd: @LoopActor ((any Error)?) throws -> Void
}

/// Something that takes bytes: a ``Socket``, what a program reads, an answer.
@LoopActor
public protocol ByteSink {
    /// Tells `writer` when it takes bytes again, and when it takes none any more. Called once, by the pipe, before
    /// anything is written.
    ///
    /// The writer is not called inside this call. A sink that takes nothing tells that in a tick.
    func report(to writer: ByteWriter)

    /// Takes `bytes`.
    ///
    /// - Returns: False when enough wait, until ``ByteWriter/onDrain``. Nothing is lost if more is written.
    @discardableResult
    func write(_ bytes: RawSpan) -> Bool

    /// Takes the end, and calls `done` when all before it is on its way, or with what has kept it from that.
    func finish(_ done: @escaping ((any Error)?) throws -> Void)

    /// Gives up, since the rest of the bytes does not come. Silent when it has ended.
    func abandon(_ error: any Error)
}

/// What hears of a ``ByteSink``.
public struct ByteWriter {
    /// Called when the sink takes bytes again.
    public let onDrain: @LoopActor () throws -> Void

    /// Called when the sink has closed: with what broke it, or nil.
    public let onClose: @LoopActor ((any Error)?) throws -> Void
}
