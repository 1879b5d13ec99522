/// Standard input, which the loop reads as it does a connection: a terminal, a pipe, a socket or a file.
///
/// ```swift
/// loop.standardInput.onData = { bytes in … }
/// loop.standardInput.onEnd = { print("that was all") }
/// ```
///
/// Nothing is read before a reader is set. One that reads keeps the loop alive until the end. No other part of the program
/// should read standard input as well, as `readLine` does: each would get what the other one misses.
@LoopActor
public final class StandardInput: ByteSource {
    /// Called with what has been read.
    public var onData: (([UInt8]) throws -> Void)? {
        didSet { if onData != nil { begin() } }
    }

    /// Called when all has been read, or when the terminal's user has typed ctrl-D.
    public var onEnd: (() throws -> Void)?

    /// Called with what has kept it from being read. Without it that is an uncaught error.
    public var onError: ((LoopError) throws -> Void)?

    private let loop: EventLoop
    private var source: (any ByteSource)?
    private var terminal: Socket?
    private var isPaused = false
    private var isBegun = false

    init(on loop: EventLoop) { self.loop = loop }

    /// Whether a person types it.
    public var isTerminal: Bool { StandardHandle.isTerminal(0) }

    /// Hands each key on as it is typed, and lets nothing show by itself (`UV_TTY_MODE_RAW`), or ends that. What ctrl-C means
    /// is the program's to say then. The terminal is as it was before when the loop ends, when the process does, and when
    /// ctrl-C, `kill` or the terminal's own end ends it. See `uv_tty_set_mode`.
    ///
    /// - Throws: `ENOTTY` where it is no terminal.
    public func setRawMode(_ isRaw: Bool) throws(LoopError) {
        open()
        guard let terminal else { throw LoopError(.notTerminal, call: "uv_tty_set_mode") }
        try TerminalMode.set(isRaw, of: terminal)
    }

    /// Stops reading.
    public func pause() {
        isPaused = true
        source?.pause()
    }

    /// Reads on.
    public func resume() {
        isPaused = false
        source?.resume()
    }

    /// Hands on what is read. See ``ByteSource``.
    public func hand(to receiver: ByteReceiver) {
        open()
        if isBegun { return loop.nextTick { try receiver.onEnd(LoopError(.busy, call: "standard input")) } }
        isBegun = true
        source?.hand(to: receiver)
    }

    /// Reads no more.
    public func abandon(_ error: any Error) {
        TerminalMode.restore()
        source?.abandon(error)
    }

    /// Lets it keep the loop alive (again), where it is no file.
    public func ref() { (source as? Socket)?.ref() }

    /// Lets the loop end although it was not read to its end, where it is no file.
    public func unref() { (source as? Socket)?.unref() }

    private func begin() {
        guard !isBegun else { return }
        hand(
            to: ByteReceiver { [self] bytes in
                try onData?([UInt8](copying: bytes))
            } onEnd: { [self] error in
                guard let error else { try onEnd?(); return }
                guard let onError, let error = error as? LoopError else { throw error }
                try onError(error)
            })
        if isPaused { source?.pause() }
    }

    private func open() {
        guard source == nil else { return }
        do throws(LoopError) {
            switch try StandardHandle.open(0, StandardHandle.reading) {
            case .stream(let socket):
                // It is never written to, and ends with the reading.
                socket.state.writableEnd = .finished
                source = socket
                if isTerminal { terminal = socket }
            case .file(let descriptor): source = FileSource(descriptor: descriptor)
            }
        } catch {
            source = BrokenSource(error)
        }
    }
}

/// What could not be opened.
private struct BrokenSource: ByteSource {
    let error: LoopError

    init(_ error: LoopError) { self.error = error }

    func hand(to receiver: ByteReceiver) { EventLoop.current.nextTick { try receiver.onEnd(error) } }
    func pause() {}
    func resume() {}
    func abandon(_ error: any Error) {}
}

extension EventLoop {
    /// Standard input, opened at its first use.
    public var standardInput: StandardInput {
        if let input = standard.input { return input }
        let made = StandardInput(on: self)
        standard.input = made
        return made
    }
}
