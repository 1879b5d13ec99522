// What an open file can do. Each comes with a callback, called later on the loop, and for tasks: there a cancelled task
// takes back what waits for its turn or for a thread, which then fails with `ECANCELED`.

extension File {
    /// Reads up to `count` bytes, from `offset` or else from where the last read or write without one has stopped. None are
    /// the end of the file; fewer than `count` need not be. See `uv_fs_read`.
    ///
    /// A `count` below zero or above 2,147,483,647 (`Int32.max`) is `EINVAL`.
    /// - Complexity: O(`count`) memory until `done` has been called.
    public func read(
        _ count: Int, at offset: Int64? = nil, _ done: @escaping (Result<[UInt8], LoopError>) throws -> Void
    ) {
        reading(count, at: offset).run(done)
    }

    /// Reads up to `count` bytes, from `offset` or else from where the last read or write without one has stopped. None are
    /// the end of the file; fewer than `count` need not be. See `uv_fs_read`.
    ///
    /// A `count` below zero or above 2,147,483,647 (`Int32.max`) is `EINVAL`.
    /// - Complexity: O(`count`) memory until it returns.
    public func read(_ count: Int, at offset: Int64? = nil) async throws(LoopError) -> [UInt8] {
        try await reading(count, at: offset).run()
    }

    /// Writes all of `bytes`, at `offset` or else where the last read or write without one has stopped. See `uv_fs_write`.
    ///
    /// The bytes are copied. After an error some of them may have been written.
    /// - Complexity: O(`bytes`) memory until `done` has been called.
    public func write(
        _ bytes: [UInt8], at offset: Int64? = nil, _ done: @escaping (Result<Void, LoopError>) throws -> Void
    ) {
        writing(bytes.span.bytes, at: offset).run(done)
    }

    /// Writes all of `bytes`, at `offset` or else where the last read or write without one has stopped. See `uv_fs_write`.
    ///
    /// The bytes are copied. After an error, or a cancellation, some of them may have been written.
    /// - Complexity: O(`bytes`) memory until it returns.
    public func write(_ bytes: [UInt8], at offset: Int64? = nil) async throws(LoopError) {
        try await writing(bytes.span.bytes, at: offset).run()
    }

    /// Writes all of `text` as UTF-8. See ``write(_:at:_:)-([UInt8],_,_)``.
    public func write(
        _ text: String, at offset: Int64? = nil, _ done: @escaping (Result<Void, LoopError>) throws -> Void
    ) {
        writing(text.utf8.span.bytes, at: offset).run(done)
    }

    /// Writes all of `text` as UTF-8. See ``write(_:at:)-([UInt8],_)``.
    public func write(_ text: String, at offset: Int64? = nil) async throws(LoopError) {
        try await writing(text.utf8.span.bytes, at: offset).run()
    }

    /// What the system knows about the file. See `uv_fs_fstat`.
    public func stat(_ done: @escaping (Result<FileStatus, LoopError>) throws -> Void) { statusWork.run(done) }

    /// What the system knows about the file. See `uv_fs_fstat`.
    public func stat() async throws(LoopError) -> FileStatus { try await statusWork.run() }

    /// Makes the file `size` bytes long: what is behind them is lost, what is missing is zeros. See `uv_fs_ftruncate`.
    public func truncate(to size: Int64 = 0, _ done: @escaping (Result<Void, LoopError>) throws -> Void) {
        truncating(to: size).run(done)
    }

    /// Makes the file `size` bytes long: what is behind them is lost, what is missing is zeros. See `uv_fs_ftruncate`.
    public func truncate(to size: Int64 = 0) async throws(LoopError) { try await truncating(to: size).run() }

    /// Waits until the disk has the content and what the system knows about the file. See `uv_fs_fsync`.
    public func sync(_ done: @escaping (Result<Void, LoopError>) throws -> Void) { syncing.run(done) }

    /// Waits until the disk has the content and what the system knows about the file. See `uv_fs_fsync`.
    public func sync() async throws(LoopError) { try await syncing.run() }

    /// Waits until the disk has the content, and what is needed to read it. See `uv_fs_fdatasync`.
    public func syncContent(_ done: @escaping (Result<Void, LoopError>) throws -> Void) { syncingContent.run(done) }

    /// Waits until the disk has the content, and what is needed to read it. See `uv_fs_fdatasync`.
    public func syncContent() async throws(LoopError) { try await syncingContent.run() }

    /// Closes the file, when all that was asked of it before is done. The second time is `EBADF`. See `uv_fs_close`.
    ///
    /// A file system may tell only here that it has not kept what was written.
    public func close(_ done: @escaping (Result<Void, LoopError>) throws -> Void = { _ in }) { closing.run(done) }

    /// Closes the file, when all that was asked of it before is done, also when the task is cancelled. The second time is
    /// `EBADF`. See `uv_fs_close`.
    ///
    /// A file system may tell only here that it has not kept what was written.
    public func close() async throws(LoopError) { try await closing.run() }
}
