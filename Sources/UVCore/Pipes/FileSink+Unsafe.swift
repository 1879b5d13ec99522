import CLibUV

/// A file as a sink: written on libuv's thread pool, in order.
///
/// ```swift
/// request.pipe(to: FileSink("upload.bin")) { error in … }
/// ```
///
/// It is opened when it is first written to, or at the end, and stays open until it is finished or given up, as a pipe does.
/// A pipe that fails leaves what was written by then. See `uv_fs_write`.
@LoopActor
public final class FileSink: ByteSink, PipedFile {
    /// From how many bytes that wait on ``write(_:)`` returns false.
    private nonisolated static let mark = 65_536

    private enum State {
        case new, opening, open, over
    }

    private let loop = EventLoop.current
    private let path: String?
    private let flags: Int32
    private var state = State.new
    private var waiting = OutputBuffer(capacity: 4_096)
    private var isWriting = false
    /// Bytes that the pool has.
    private var inFlight = 0
    private var owesDrain = false
    private var failure: LoopError?
    private var writer: ByteWriter?
    private var finished: (((any Error)?) throws -> Void)?
    private var whenIdle: [((any Error)?) throws -> Void] = []
    private var descriptor: uv_file?

    /// The file at `path`, which is made if it is not there. What is written takes the place of what it holds, or goes behind
    /// that where it `appends`.
    public init(_ path: String, appends: Bool = false) {
        self.path = path
        flags = UV_FS_O_WRONLY | UV_FS_O_CREAT | (appends ? UV_FS_O_APPEND : UV_FS_O_TRUNC)
    }

    /// What is open as `descriptor`, which stays open.
    init(descriptor: uv_file) {
        (path, flags) = (nil, 0)
        self.descriptor = descriptor
        state = .open
    }

    /// See ``ByteSink``.
    public func report(to writer: ByteWriter) {
        self.writer = writer
        if state == .over { loop.nextTick { [failure] in try writer.onClose(failure) } }
    }

    /// Writes `bytes` behind all that was written before.
    ///
    /// - Returns: False when 64 KiB or more are not in the file yet.
    @discardableResult
    public func write(_ bytes: RawSpan) -> Bool {
        guard state != .over, finished == nil else { return false }
        waiting.append(bytes)
        goOn()
        if waiting.count + inFlight >= Self.mark { owesDrain = true }
        return !owesDrain
    }

    /// Closes it when all is written. `done` gets what has failed, closing included.
    public func finish(_ done: @escaping ((any Error)?) throws -> Void) {
        guard state != .over, finished == nil else {
            return loop.nextTick { [failure] in try done(failure ?? LoopError(.badDescriptor, call: "uv_fs_write")) }
        }
        finished = done
        goOn()
    }

    /// Calls `done`, later, when all that was written so far is, or with what has failed.
    func whenWritten(_ done: @escaping ((any Error)?) throws -> Void) {
        whenIdle.append(done)
        if state == .over { callIdle(failure ?? LoopError(.badDescriptor, call: "uv_fs_write")) } else { goOn() }
    }

    private func callIdle(_ error: (any Error)?) {
        let waiting = whenIdle
        whenIdle = []
        for done in waiting { loop.nextTick { try done(error) } }
    }

    /// Closes it; what waits is dropped.
    public func abandon(_ error: any Error) {
        guard state != .over else { return }
        let isBusy = isWriting || state == .opening
        state = .over
        (writer, finished) = (nil, nil)
        waiting.removeAll()
        if !isBusy { close { _ in } }
    }

    private func goOn() {
        guard !isWriting else { return }
        switch state {
        case .new: open()
        case .open where !waiting.isEmpty: writeWaiting()
        case .open:
            callIdle(nil)
            finishIfDue()
        case .opening, .over: break
        }
    }

    private func open() {
        guard let path else { return }
        state = .opening
        DescriptorCall.open(path, flags, on: loop) { [self] result in
            switch result {
            case .success(let descriptor):
                self.descriptor = descriptor
                if state == .over || loop.isExiting { return close { _ in } }
                loop.pipedFiles[ObjectIdentifier(self)] = self
                state = .open
                goOn()
            case .failure(let error):
                fail(error)
            }
        }
    }

    private func writeWaiting() {
        let piece = waiting
        waiting = OutputBuffer(capacity: 4_096)
        (isWriting, inFlight) = (true, piece.count)
        write(piece, from: 0)
    }

    private func write(_ piece: OutputBuffer, from offset: Int) {
        guard let descriptor else { return }
        DescriptorCall.start("uv_fs_write", on: loop) { raw, request, finished in
            piece.withBuffer(from: offset) { buffer in
                uv_fs_write(raw, request, descriptor, &buffer, 1, -1, finished)
            }
        } done: { [self] result in
            guard state != .over else { return close { _ in } }
            switch result {
            case .success(0) where offset < piece.count: fail(LoopError(.inputOutputError, call: "uv_fs_write"))
            case .success(let count) where offset + count < piece.count: write(piece, from: offset + count)
            case .success:
                (isWriting, inFlight) = (false, 0)
                goOn()
                drainIfDue()
            case .failure(let error): fail(error)
            }
        }
    }

    private func drainIfDue() {
        guard owesDrain, waiting.count + inFlight < Self.mark else { return }
        owesDrain = false
        loop.enter { try writer?.onDrain() }
    }

    private func finishIfDue() {
        guard let finished else { return }
        state = .over
        close { [self] error in
            (writer, self.finished) = (nil, nil)
            loop.enter { try finished(error) }
        }
    }

    private func fail(_ error: LoopError) {
        guard state != .over else { return }
        (state, failure) = (.over, error)
        callIdle(error)
        let (writer, finished) = (writer, finished)
        (self.writer, self.finished) = (nil, nil)
        close { _ in }
        loop.enter {
            if let finished { try finished(error) } else { try writer?.onClose(error) }
        }
    }

    func loopWillEnd() {
        let isBusy = isWriting || state == .opening
        state = .over
        (writer, finished, whenIdle) = (nil, nil, [])
        if !isBusy { close { _ in } }
    }

    private func close(_ done: @escaping (LoopError?) -> Void) {
        loop.pipedFiles[ObjectIdentifier(self)] = nil
        guard path != nil, let descriptor = descriptor.take() else { return loop.nextTick { done(nil) } }
        DescriptorCall.close(descriptor, on: loop, done)
    }
}
