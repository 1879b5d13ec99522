/// Files, on libuv's thread pool, as Node's `fs`: nothing here waits on the loop's thread.
///
/// Each operation comes with a callback, called later on the loop, and for tasks: there a cancelled task takes back what
/// waits for a thread, which then fails with `ECANCELED`; what a thread has begun goes on to its end. A path with a null
/// byte is `EINVAL`.
///
/// ```swift
/// FileSystem.readFile("names.txt") { result in print(try result.get().count) }
/// loop.spawn { try await FileSystem.writeFile("names.txt", "Ada\n") }
/// ```
@LoopActor
public enum FileSystem {
    /// Opens the file at `path`, by default to read it. See `uv_fs_open`.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - flags: What it is opened for.
    ///   - permissions: What a file that is made gets, but for what the process's mask takes away.
    ///   - done: Called with the outcome: later, never inside this call.
    public static func open(
        _ path: String, _ flags: OpenFlags = .read, permissions: FilePermissions = .file,
        _ done: @escaping (Result<File, LoopError>) throws -> Void
    ) {
        FileWork.open(path, flags, permissions).run(done)
    }

    /// Opens the file at `path`, by default to read it. See `uv_fs_open`.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - flags: What it is opened for.
    ///   - permissions: What a file that is made gets, but for what the process's mask takes away.
    public static func open(
        _ path: String, _ flags: OpenFlags = .read, permissions: FilePermissions = .file
    ) async throws(LoopError) -> File {
        try await FileWork.open(path, flags, permissions).run()
    }

    /// What the system knows about the file at `path`; symbolic links are followed. See `uv_fs_stat`.
    public static func stat(_ path: String, _ done: @escaping (Result<FileStatus, LoopError>) throws -> Void) {
        FileWork.stat(path).run(done)
    }

    /// What the system knows about the file at `path`; symbolic links are followed. See `uv_fs_stat`.
    public static func stat(_ path: String) async throws(LoopError) -> FileStatus {
        try await FileWork.stat(path).run()
    }

    /// What the system knows about the file at `path`; of a symbolic link about the link itself. See `uv_fs_lstat`.
    public static func lstat(_ path: String, _ done: @escaping (Result<FileStatus, LoopError>) throws -> Void) {
        FileWork.lstat(path).run(done)
    }

    /// What the system knows about the file at `path`; of a symbolic link about the link itself. See `uv_fs_lstat`.
    public static func lstat(_ path: String) async throws(LoopError) -> FileStatus {
        try await FileWork.lstat(path).run()
    }
}

// MARK: - Whole files

extension FileSystem {
    /// The whole content of the file at `path`, read in pieces of 64 KiB.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - limit: A longer file fails with `EFBIG` instead of filling the memory.
    ///   - done: Called with the outcome: later, never inside this call.
    /// - Complexity: O(content) memory, and one job of the thread pool a piece.
    public static func readFile(
        _ path: String, limit: Int = 64 << 20, _ done: @escaping (Result<[UInt8], LoopError>) throws -> Void
    ) {
        FileWork.readFile(path, limit).run(done)
    }

    /// The whole content of the file at `path`, read in pieces of 64 KiB.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - limit: A longer file fails with `EFBIG` instead of filling the memory.
    /// - Complexity: O(content) memory, and one job of the thread pool a piece.
    public static func readFile(_ path: String, limit: Int = 64 << 20) async throws(LoopError) -> [UInt8] {
        try await FileWork.readFile(path, limit).run()
    }

    /// Writes a file whole: it is made, or loses what it had.
    ///
    /// After an error, or the end of the program, it may hold a part. To replace a file in one step, write another beside
    /// it and ``rename(_:to:)`` that.
    /// - Parameters:
    ///   - path: Where it is.
    ///   - bytes: The content.
    ///   - flags: ``OpenFlags/new`` for a file that must not be there yet.
    ///   - permissions: What a file that is made gets, but for what the process's mask takes away.
    ///   - done: Called with the outcome: later, never inside this call.
    public static func writeFile(
        _ path: String, _ bytes: [UInt8], _ flags: OpenFlags = .replacing, permissions: FilePermissions = .file,
        _ done: @escaping (Result<Void, LoopError>) throws -> Void
    ) {
        FileWork.writeFile(path, bytes, flags, permissions).run(done)
    }

    /// Writes a file whole: it is made, or loses what it had.
    ///
    /// After an error, a cancellation or the end of the program, it may hold a part. To replace a file in one step, write
    /// another beside it and ``rename(_:to:)`` that.
    /// - Parameters:
    ///   - path: Where it is.
    ///   - bytes: The content.
    ///   - flags: ``OpenFlags/new`` for a file that must not be there yet.
    ///   - permissions: What a file that is made gets, but for what the process's mask takes away.
    public static func writeFile(
        _ path: String, _ bytes: [UInt8], _ flags: OpenFlags = .replacing, permissions: FilePermissions = .file
    ) async throws(LoopError) {
        try await FileWork.writeFile(path, bytes, flags, permissions).run()
    }

    /// Writes a file whole, with `text` as UTF-8. See ``writeFile(_:_:_:permissions:_:)-(_,[UInt8],_,_,_)``.
    public static func writeFile(
        _ path: String, _ text: String, _ flags: OpenFlags = .replacing, permissions: FilePermissions = .file,
        _ done: @escaping (Result<Void, LoopError>) throws -> Void
    ) {
        writeFile(path, [UInt8](text.utf8), flags, permissions: permissions, done)
    }

    /// Writes a file whole, with `text` as UTF-8. See ``writeFile(_:_:_:permissions:)-(_,[UInt8],_,_)``.
    public static func writeFile(
        _ path: String, _ text: String, _ flags: OpenFlags = .replacing, permissions: FilePermissions = .file
    ) async throws(LoopError) {
        try await writeFile(path, [UInt8](text.utf8), flags, permissions: permissions)
    }

    /// Writes `bytes` behind what the file at `path` holds; one that is missing is made. Node's `appendFile`.
    public static func appendFile(
        _ path: String, _ bytes: [UInt8], _ done: @escaping (Result<Void, LoopError>) throws -> Void
    ) {
        writeFile(path, bytes, .appending, done)
    }

    /// Writes `bytes` behind what the file at `path` holds; one that is missing is made. Node's `appendFile`.
    public static func appendFile(_ path: String, _ bytes: [UInt8]) async throws(LoopError) {
        try await writeFile(path, bytes, .appending)
    }

    /// Writes `text` as UTF-8 behind what the file at `path` holds; one that is missing is made. Node's `appendFile`.
    public static func appendFile(
        _ path: String, _ text: String, _ done: @escaping (Result<Void, LoopError>) throws -> Void
    ) {
        writeFile(path, text, .appending, done)
    }

    /// Writes `text` as UTF-8 behind what the file at `path` holds; one that is missing is made. Node's `appendFile`.
    public static func appendFile(_ path: String, _ text: String) async throws(LoopError) {
        try await writeFile(path, text, .appending)
    }
}
