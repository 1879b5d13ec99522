/// Standard output or standard error, written without holding up the loop: what a slow reader does not take waits.
///
/// ```swift
/// if !loop.standardOutput.write(line) { loop.standardOutput.onDrain = { … } }
/// ```
///
/// `print` writes by itself and keeps lines back where the output is no terminal, so a program uses one or the other.
/// What waits keeps the loop alive; it is lost where ``EventLoop/exit(_:)`` ends the program before.
@LoopActor
public final class StandardOutput: ByteSink {
    /// Called when all that has waited is taken, if ``write(_:)-([UInt8])`` has returned false.
    public var onDrain: (() throws -> Void)?

    /// Called with what has broken it: `EPIPE` when its reader is gone. Without it that is an uncaught error.
    public var onError: ((LoopError) throws -> Void)?

    private enum Target {
        case socket(Socket), file(FileSink)
        /// It could not be opened, or has broken.
        case broken(LoopError)
    }

    private let descriptor: Int32
    private let loop: EventLoop
    private var target: Target?
    private var writer: ByteWriter?

    init(_ descriptor: Int32, on loop: EventLoop) { (self.descriptor, self.loop) = (descriptor, loop) }

    /// Whether a person reads it.
    public var isTerminal: Bool { StandardHandle.isTerminal(descriptor) }

    /// Writes `bytes` after all that was written before.
    ///
    /// - Returns: False when enough wait: stop until ``onDrain``. Nothing is lost if you do not.
    @discardableResult
    public func write(_ bytes: RawSpan) -> Bool {
        switch opened() {
        case .socket(let socket): socket.write(bytes)
        case .file(let sink): sink.write(bytes)
        case .broken: false
        }
    }

    /// Writes `bytes` after all that was written before. See ``write(_:)-(RawSpan)``.
    @discardableResult
    public func write(_ bytes: [UInt8]) -> Bool { write(bytes.span.bytes) }

    /// Writes `text` as UTF-8 after all that was written before. See ``write(_:)-(RawSpan)``.
    @discardableResult
    public func write(_ text: String) -> Bool { write(text.utf8Span.span.bytes) }

    /// See ``ByteSink``.
    public func report(to writer: ByteWriter) {
        self.writer = writer
        if case .broken(let error) = opened() { loop.nextTick { try writer.onClose(error) } }
    }

    /// Waits until all is written. It stays open: the end of what is piped into it is not its own.
    public func finish(_ done: @escaping ((any Error)?) throws -> Void) {
        let end = { [self] (error: (any Error)?) in
            writer = nil
            try done(error)
        }
        switch opened() {
        case .socket(let socket): socket.write([]) { (error: LoopError?) in try end(error) }
        case .file(let sink): sink.whenWritten(end)
        case .broken(let error): loop.nextTick { try end(error) }
        }
    }

    /// What was written goes out; nothing else happens to it.
    public func abandon(_ error: any Error) { writer = nil }

    private func opened() -> Target {
        if let target { return target }
        let made: Target
        do throws(LoopError) {
            switch try StandardHandle.open(descriptor, StandardHandle.writing) {
            case .stream(let socket):
                socket.onDrain = { [self] in try didDrain() }
                socket.onError = { [self] error in try didBreak(error) }
                made = .socket(socket)
            case .file(let descriptor):
                let sink = FileSink(descriptor: descriptor)
                sink.report(
                    to: ByteWriter { [self] in
                        try didDrain()
                    } onClose: { [self] error in
                        try didBreak((error as? LoopError) ?? .notConnected("uv_fs_write"))
                    })
                made = .file(sink)
            }
        } catch {
            made = .broken(error)
            loop.nextTick { [self] in try didBreak(error) }
        }
        target = made
        return made
    }

    private func didDrain() throws {
        try onDrain?()
        try writer?.onDrain()
    }

    private func didBreak(_ error: LoopError) throws {
        target = .broken(error)
        if let writer = writer.take() { return try writer.onClose(error) }
        guard let onError else { throw error }
        try onError(error)
    }
}

/// Those of a loop that are in use.
struct StandardStreams {
    var input: StandardInput?
    var output: StandardOutput?
    var errors: StandardOutput?
}

extension EventLoop {
    /// Standard output, opened at its first use.
    public var standardOutput: StandardOutput {
        if let output = standard.output { return output }
        let made = StandardOutput(1, on: self)
        standard.output = made
        return made
    }

    /// Standard error, opened at its first use.
    public var standardError: StandardOutput {
        if let errors = standard.errors { return errors }
        let made = StandardOutput(2, on: self)
        standard.errors = made
        return made
    }
}
