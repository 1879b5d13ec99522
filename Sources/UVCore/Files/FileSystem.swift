import CLibUV

/// Files, on libuv's thread pool, as Node's `fs`.
@LoopActor
public enum FileSystem {
    /// What the system knows about the file at `path`; symbolic links are followed. See `uv_fs_stat`.
    public static func stat(_ path: String, _ done: @escaping (Result<FileStatus, LoopError>) throws -> Void) {
        let loop = EventLoop.current
        FileRequest.start("uv_fs_stat", on: loop) { request, finished in
            path.isWholeInC ? uv_fs_stat(loop.raw, request, path, finished) : UV_EINVAL.rawValue
        } done: { result in
            loop.enter { try done(result.map { FileStatus($0.statbuf) }) }
        }
    }

    /// What the system knows about the file at `path`; symbolic links are followed. See `uv_fs_stat`.
    public static func stat(_ path: String) async throws(LoopError) -> FileStatus {
        try await EventLoop.current.suspend { continuation in
            stat(path) { continuation.resume(returning: $0) }
        }.get()
    }

    /// The whole content of the file at `path`. One of more than `limit` bytes fails with `EFBIG`, and fills no memory.
    public static func readFile(
        _ path: String, limit: Int = 64 << 20, _ done: @escaping (Result<[UInt8], LoopError>) throws -> Void
    ) {
        FileReading(path, limit: limit, on: .current, done).open()
    }

    /// The whole content of the file at `path`. One of more than `limit` bytes fails with `EFBIG`, and fills no memory.
    public static func readFile(_ path: String, limit: Int = 64 << 20) async throws(LoopError) -> [UInt8] {
        try await EventLoop.current.suspend { continuation in
            readFile(path, limit: limit) { continuation.resume(returning: $0) }
        }.get()
    }
}

/// What the system knows about a file. See `uv_stat_t`.
public struct FileStatus: Hashable, Sendable {
    /// Its length in bytes.
    public let size: Int64

    /// When its content last changed, since 1970.
    public let modified: Duration

    /// Its kind and permissions; `man 7 inode`.
    public let mode: UInt32

    /// True for a folder.
    public var isDirectory: Bool { mode & 0o170000 == 0o040000 }

    /// True for a plain file.
    public var isFile: Bool { mode & 0o170000 == 0o100000 }

    init(_ raw: uv_stat_t) {
        size = Int64(clamping: raw.st_size)
        mode = UInt32(truncatingIfNeeded: raw.st_mode)
        modified = .seconds(raw.st_mtim.tv_sec) + .nanoseconds(raw.st_mtim.tv_nsec)
    }
}
