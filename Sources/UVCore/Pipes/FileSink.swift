/// A file as a sink: written on libuv's thread pool, in order.
///
/// ```swift
/// request.pipe(to: FileSink("upload.bin")) { error in … }
/// ```
///
/// It is opened when it is first written to, or at the end, and stays open until it is finished or given up, as a pipe does.
/// A pipe that fails leaves what was written by then. See `uv_fs_write`.
@LoopActor
public final class FileSink: ByteSink, EndsWithLoop {
    /// From how many bytes that are not in the file yet ``write(_:)`` returns false.
    private nonisolated static let mark = 65_536

    private enum State {
        case new, opening, open, over
    }

    private let loop = EventLoop.current
    private let path: String?
    private let flags: OpenFlags
    private var file: File?
    private var state = State.new
    private var waiting = OutputBuffer(capacity: 4_096)
    /// Bytes that the pool has.
    private var inFlight = 0
    private var owesDrain = false
    private var failure: LoopError?
    private var writer: ByteWriter?
    private var finished: (((any Error)?) throws -> Void)?
    private var whenIdle: [((any Error)?) throws -> Void] = []

    /// The file at `path`, which is made if it is not there. What is written takes the place of what it holds, or goes behind
    /// that where it `appends`.
    public init(_ path: String, appends: Bool = false) {
        self.path = path
        flags = appends ? .appending : .replacing
    }

    /// What is open as `descriptor`, which stays open.
    init(descriptor: Int32) {
        (path, flags) = (nil, .write)
        (file, state) = (File(descriptor, isBorrowed: true), .open)
    }

    /// See ``ByteSink``.
    public func report(to writer: ByteWriter) {
        guard state != .over else { return loop.nextTick { [failure] in try writer.onClose(failure) } }
        self.writer = writer
        join(loop)
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
        (writer, finished) = (nil, nil)
        close { _ in }
    }

    private func goOn() {
        guard inFlight == 0 else { return }
        switch state {
        case .new: open()
        case .open where waiting.count > 0: writeWaiting()
        case .open:
            callIdle(nil)
            finishIfDue()
        case .opening, .over: break
        }
    }

    private func open() {
        guard let path else { return }
        state = .opening
        join(loop)
        FileWork.open(path, flags, .file).begin(FileCall()) { [self] result in
            switch result {
            case .success(let file):
                self.file = file
                if state == .over { return close { _ in } }
                state = .open
                goOn()
            case .failure(let error):
                fail(error)
            }
        }
    }

    private func writeWaiting() {
        guard let file else { return }
        let piece = waiting
        waiting = OutputBuffer(capacity: 4_096)
        inFlight = piece.count
        file.writing(piece, at: nil).begin(FileCall()) { [self] result in
            inFlight = 0
            guard state != .over else { return }
            if case .failure(let error) = result { return fail(error) }
            goOn()
            drainIfDue()
        }
    }

    private func drainIfDue() {
        guard owesDrain, waiting.count + inFlight < Self.mark else { return }
        owesDrain = false
        loop.enter(.file) { try writer?.onDrain() }
    }

    private func finishIfDue() {
        guard let finished else { return }
        close { [self] error in
            (writer, self.finished) = (nil, nil)
            loop.enter(.file) { try finished(error) }
        }
    }

    private func fail(_ error: LoopError) {
        guard state != .over else { return }
        failure = error
        callIdle(error)
        let (writer, finished) = (writer, finished)
        (self.writer, self.finished) = (nil, nil)
        close { _ in }
        loop.enter(.file) {
            if let finished { try finished(error) } else { try writer?.onClose(error) }
        }
    }

    func loopWillEnd() {
        (writer, finished, whenIdle) = (nil, nil, [])
        close { _ in }
    }

    /// Behind what is being written.
    private func close(_ done: @escaping (LoopError?) -> Void) {
        state = .over
        waiting.removeAll()
        leave(loop)
        guard let file = file.take() else { return }
        file.closing.begin(FileCall()) { result in
            if case .failure(let error) = result { done(error) } else { done(nil) }
        }
    }
}
