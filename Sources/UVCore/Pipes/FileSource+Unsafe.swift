import CLibUV

/// A file as a source: read piece by piece on libuv's thread pool, no faster than the sink takes it.
///
/// ```swift
/// FileSource("report.txt").pipe(to: response) { error in … }
/// ```
///
/// It is opened when it is piped, and closed at its end. One piece of 64 KiB is held at a time. See `uv_fs_read`.
@LoopActor
public final class FileSource: ByteSource, PipedFile {
    private nonisolated static let pieceSize = 65_536

    private enum State {
        case new, open, over
    }

    private let loop = EventLoop.current
    private let path: String?
    private var state = State.new
    private var isPaused = false
    private var isReading = false
    private var receiver: ByteReceiver?
    private var descriptor: uv_file?
    // Unsafe only for `deinit`, which runs where the last reference ends, when no other code can touch it.
    private nonisolated(unsafe) let buffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: pieceSize, alignment: 16)

    /// The file at `path`. One that cannot be opened or read is the pipe's error.
    public init(_ path: String) { self.path = path }

    /// What is open as `descriptor`, which stays open.
    init(descriptor: uv_file) {
        path = nil
        self.descriptor = descriptor
    }

    deinit { buffer.deallocate() }

    /// Hands on the content, from the beginning, once: a second receiver gets `EBADF`, and a pipe to it ends both. See ``ByteSource``.
    public func hand(to receiver: ByteReceiver) {
        guard state == .new else {
            return loop.nextTick { try receiver.onEnd(LoopError(.badDescriptor, call: "uv_fs_read")) }
        }
        self.receiver = receiver
        state = .open
        guard let path else { return read() }
        DescriptorCall.open(path, UV_FS_O_RDONLY, on: loop) { [self] result in
            switch result {
            case .success(let descriptor):
                self.descriptor = descriptor
                if loop.isExiting { state = .over }
                if state == .over { return close() }
                loop.pipedFiles[ObjectIdentifier(self)] = self
                read()
            case .failure(let error):
                loop.enter { try end(error) }
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
        state = .over
        if let receiver = receiver.take() { loop.nextTick { try receiver.onEnd(error) } }
        if !isReading { close() }
    }

    private func read() {
        guard state == .open, !isPaused, !isReading, let descriptor else { return }
        isReading = true
        DescriptorCall.start("uv_fs_read", on: loop) { [buffer] raw, request, finished in
            let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            var piece = uv_buf_t(base: base, len: buffer.count)
            return uv_fs_read(raw, request, descriptor, &piece, 1, -1, finished)
        } done: { [self] result in
            isReading = false
            // Behind the end of the program there is no receiver.
            if loop.isExiting { state = .over }
            guard state == .open else { return close() }
            loop.enter { try didRead(result) }
            read()
        }
    }

    private func didRead(_ result: Result<Int, LoopError>) throws {
        switch result {
        case .success(0): try end(nil)
        case .success(let count):
            try receiver?.onBytes(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: buffer[..<count])))
        case .failure(let error): try end(error)
        }
    }

    private func end(_ error: LoopError?) throws {
        guard state != .over else { return }
        state = .over
        close()
        try receiver.take()?.onEnd(error)
    }

    func loopWillEnd() {
        state = .over
        receiver = nil
        if !isReading { close() }
    }

    private func close() {
        loop.pipedFiles[ObjectIdentifier(self)] = nil
        guard path != nil, let descriptor = descriptor.take() else { return }
        // What was read is whole, whatever closing says.
        DescriptorCall.close(descriptor, on: loop) { _ in }
    }
}
