/// A file as a source: read piece by piece on libuv's thread pool, no faster than the sink takes it.
///
/// ```swift
/// FileSource("report.txt").pipe(to: response) { error in … }
/// ```
///
/// It is opened when it is piped, and closed at its end. One piece of 64 KiB is held at a time. See `uv_fs_read`.
@LoopActor
public final class FileSource: ByteSource, EndsWithLoop {
    private enum State {
        case new, open, over
    }

    private let loop = EventLoop.current
    private let path: String?
    private var file: File?
    private var state = State.new
    private var isPaused = false
    private var isReading = false
    private var receiver: ByteReceiver?
    private let buffer = FileBuffer(count: 65_536)

    /// The file at `path`. One that cannot be opened or read is the pipe's error.
    public init(_ path: String) { self.path = path }

    /// What is open as `descriptor`, which stays open.
    init(descriptor: Int32) { (path, file) = (nil, File(descriptor, isBorrowed: true)) }

    /// Hands on the content, from the beginning, once: a second receiver gets `EBADF`, and a pipe to it ends both. See
    /// ``ByteSource``.
    public func hand(to receiver: ByteReceiver) {
        guard state == .new else {
            return loop.nextTick { try receiver.onEnd(LoopError(.badDescriptor, call: "uv_fs_read")) }
        }
        self.receiver = receiver
        state = .open
        join(loop)
        guard let path else { return read() }
        FileWork.open(path, .read, .file).begin(FileCall()) { [self] result in
            switch result {
            case .success(let file):
                self.file = file
                if state == .over { return close() }
                read()
            case .failure(let error):
                loop.enter(.file) { try end(error) }
            }
        }
    }

    /// See ``ByteSource``.
    public func pause() { isPaused = true }

    /// See ``ByteSource``.
    public func resume() {
        isPaused = false
        read()
    }

    /// Closes it. What it was handed to is told, unless it is that which gives it up.
    public func abandon(_ error: any Error) {
        guard state == .open else { return }
        if let receiver = receiver.take() { loop.nextTick { try receiver.onEnd(error) } }
        close()
    }

    private func read() {
        guard state == .open, !isPaused, !isReading, let file else { return }
        isReading = true
        file.reading(into: buffer).begin(FileCall()) { [self] result in
            isReading = false
            guard state == .open else { return }
            loop.enter(.file) { try didRead(result) }
            read()
        }
    }

    private func didRead(_ result: Result<Int, LoopError>) throws {
        switch result {
        case .success(0): try end(nil)
        case .success(let count): try buffer.withPrefix(count) { try receiver?.onBytes($0) }
        case .failure(let error): try end(error)
        }
    }

    private func end(_ error: LoopError?) throws {
        guard state != .over else { return }
        close()
        try receiver.take()?.onEnd(error)
    }

    func loopWillEnd() {
        receiver = nil
        close()
    }

    /// Behind what is being read. What was read is whole, whatever closing says.
    private func close() {
        state = .over
        leave(loop)
        file.take()?.closing.begin(FileCall()) { _ in }
    }
}
