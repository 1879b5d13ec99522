import CLibUV

/// What a ``FileWatcher`` has seen.
public struct FileChange: Hashable, Sendable {
    /// What has happened to a name.
    public enum Kind: String, Hashable, Sendable {
        /// It has come, gone, or moved.
        case rename
        /// What it names was changed: the content, or what the system knows about it.
        case change
    }

    /// What has happened.
    public let kind: Kind

    /// The name: in a folder that is watched, else that of the file itself; nil where the system does not tell.
    public let name: String?
}

/// Calls back when a file, or a folder and what lies in it, changes; as Node's `fs.watch`. See `uv_fs_event`.
///
/// ```swift
/// let watcher = try FileWatcher("settings") { change in reload(change.name) }
/// ```
///
/// The system merges changes, and tells one more than once: a change says "look again", not what there is. Folders inside a
/// folder are not watched. It keeps the loop alive until it is cancelled, or ``unref()``; what it watches is the file that
/// had the path at first, whatever it is called later.
@LoopActor
public final class FileWatcher: HandleOwner {
    private let handle: Handle
    private let loop: EventLoop
    private var onChange: ((Result<FileChange, LoopError>) throws -> Void)?

    /// Starts to watch. An error that comes later ends that, and is an uncaught error of the program.
    ///
    /// - Throws: ``LoopError``: `ENOENT` where there is no file, `ENOSPC` when the user watches as many as the system lets
    ///   them (`/proc/sys/fs/inotify/max_user_watches`).
    @discardableResult
    public convenience init(_ path: String, _ onChange: @escaping (FileChange) throws -> Void) throws(LoopError) {
        try self.init(path, results: { result in try onChange(try result.get()) })
    }

    fileprivate init(
        _ path: String, results onChange: @escaping (Result<FileChange, LoopError>) throws -> Void
    ) throws(LoopError) {
        let loop = EventLoop.current
        self.loop = loop
        self.onChange = onChange
        handle = try Handle(
            UV_FS_EVENT, initialize: { uv_fs_event_init(loop.raw, $0.assumingMemoryBound(to: uv_fs_event_t.self)) },
            call: "uv_fs_event_init")
        let status =
            path.isWholeInC
            ? uv_fs_event_start(handle.pointer(as: uv_fs_event_t.self), Self.changed, path, 0) : UV_EINVAL.rawValue
        if status < 0 {
            handle.close()
            throw LoopError(code: status, call: "uv_fs_event_start")
        }
        handle.owner = self
    }

    private static let changed: uv_fs_event_cb = { @Sendable raw, name, events, status in
        // The name lives as long as the call.
        let name = name.map { String(cString: $0) }
        Handle.withOwner(of: raw, as: FileWatcher.self) { $0.didChange(name, events, status) }
    }

    private func didChange(_ name: String?, _ events: Int32, _ status: Int32) {
        if status < 0 {
            let onChange = onChange
            cancel()
            return loop.enter(.fileChange) {
                try onChange?(.failure(LoopError(code: status, call: "uv_fs_event_start")))
            }
        }
        let kind: FileChange.Kind = events & Int32(UV_RENAME.rawValue) != 0 ? .rename : .change
        loop.enter(.fileChange) { try onChange?(.success(FileChange(kind: kind, name: name))) }
    }

    /// Stops watching. Silent the second time.
    public func cancel() {
        handle.close()
        // It usually holds the watcher, which holds it.
        onChange = nil
    }

    /// Whether it watches.
    public var isActive: Bool { handle.isOpen }

    /// Lets the loop end while it watches.
    public func unref() { handle.unref() }

    /// Keeps the loop alive while it watches, as at first.
    public func ref() { handle.ref() }

    func loopWillEnd() { cancel() }
}

extension FileSystem {
    /// What changes at `path`, as a sequence. See ``FileWatcher``.
    ///
    /// Up to 2,048 changes wait for a task that is busy; the oldest are kept. Leaving the `for` loop, dropping the sequence,
    /// or cancelling the task that waits ends the watching.
    /// - Throws: ``LoopError``, as ``FileWatcher/init(_:_:)``.
    public static func changes(of path: String) throws(LoopError) -> AsyncThrowingStream<FileChange, any Error> {
        let (stream, continuation) = AsyncThrowingStream.makeStream(
            of: FileChange.self, bufferingPolicy: .bufferingOldest(2_048))
        let hand: (Result<FileChange, LoopError>) -> Void = { result in
            switch result {
            case .success(let change): continuation.yield(change)
            case .failure(let error): continuation.finish(throwing: error)
            }
        }
        let watcher = try FileWatcher(path, results: hand)
        continuation.onTermination = { _ in LoopDoor.perform { watcher.cancel() } }
        return stream
    }
}
