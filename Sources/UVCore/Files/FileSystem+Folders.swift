// Names: folders, and what moves, copies, links and removes.

extension FileSystem {
    /// Makes a folder. See `uv_fs_mkdir`.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - withParents: Whether the folders that lead to it are made too; one that is there is no error then.
    ///   - permissions: What it gets, but for what the process's mask takes away.
    ///   - done: Called with the outcome: later, never inside this call.
    public static func makeDirectory(
        _ path: String, withParents: Bool = false, permissions: FilePermissions = .folder,
        _ done: @escaping (Result<Void, LoopError>) throws -> Void
    ) {
        FileWork.makeDirectory(path, withParents, permissions).run(done)
    }

    /// Makes a folder. See `uv_fs_mkdir`.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - withParents: Whether the folders that lead to it are made too; one that is there is no error then.
    ///   - permissions: What it gets, but for what the process's mask takes away.
    public static func makeDirectory(
        _ path: String, withParents: Bool = false, permissions: FilePermissions = .folder
    ) async throws(LoopError) {
        try await FileWork.makeDirectory(path, withParents, permissions).run()
    }

    /// Makes a folder of which no other program knows, for the owner of the process alone, and gives its path: `prefix` and
    /// six letters. See `uv_fs_mkdtemp`.
    public static func makeTemporaryDirectory(
        _ prefix: String, _ done: @escaping (Result<String, LoopError>) throws -> Void
    ) {
        FileWork.makeTemporaryDirectory(prefix).run(done)
    }

    /// Makes a folder of which no other program knows, for the owner of the process alone, and gives its path: `prefix` and
    /// six letters. See `uv_fs_mkdtemp`.
    public static func makeTemporaryDirectory(_ prefix: String) async throws(LoopError) -> String {
        try await FileWork.makeTemporaryDirectory(prefix).run()
    }

    /// What is in a folder, sorted by name as the process's locale has it, without `.` and `..`. See `uv_fs_scandir`.
    ///
    /// - Complexity: O(entries) memory.
    public static func readDirectory(
        _ path: String, _ done: @escaping (Result<[DirectoryEntry], LoopError>) throws -> Void
    ) {
        FileWork.readDirectory(path).run(done)
    }

    /// What is in a folder, sorted by name as the process's locale has it, without `.` and `..`. See `uv_fs_scandir`.
    ///
    /// - Complexity: O(entries) memory.
    public static func readDirectory(_ path: String) async throws(LoopError) -> [DirectoryEntry] {
        try await FileWork.readDirectory(path).run()
    }

    /// Removes the name of a file or a link, and the file with its last name. See `uv_fs_unlink`.
    public static func removeFile(_ path: String, _ done: @escaping (Result<Void, LoopError>) throws -> Void) {
        FileWork.removeFile(path).run(done)
    }

    /// Removes the name of a file or a link, and the file with its last name. See `uv_fs_unlink`.
    public static func removeFile(_ path: String) async throws(LoopError) { try await FileWork.removeFile(path).run() }

    /// Removes a folder that is empty; otherwise it is `ENOTEMPTY`. See `uv_fs_rmdir`, and ``removeTree(_:allowsMissing:_:)``.
    public static func removeDirectory(_ path: String, _ done: @escaping (Result<Void, LoopError>) throws -> Void) {
        FileWork.removeDirectory(path).run(done)
    }

    /// Removes a folder that is empty; otherwise it is `ENOTEMPTY`. See `uv_fs_rmdir`.
    public static func removeDirectory(_ path: String) async throws(LoopError) {
        try await FileWork.removeDirectory(path).run()
    }

    /// Removes what is at `path`, a folder with all that is in it, as Node's `fs.rm` with `recursive` does. See `unlinkat(2)`.
    ///
    /// A symbolic link is removed as a link, `path` itself and slashes behind it too, and none is followed out of the folder,
    /// whatever another program puts there meanwhile. One thread of the pool does it all, and goes on until it is done, the loop
    /// ends, or the task is cancelled.
    /// - Parameters:
    ///   - path: Where it is. One that ends with `.` or `..` is `EINVAL`, and the root is `EBUSY`.
    ///   - allowsMissing: Whether it is no error (`ENOENT`) that nothing is there: Node's `force`.
    ///   - done: Called with the outcome: later, never inside this call. After an error a part may be gone.
    /// - Complexity: O(names), and the names of one folder at each depth in memory.
    public static func removeTree(
        _ path: String, allowsMissing: Bool = false, _ done: @escaping (Result<Void, LoopError>) throws -> Void
    ) {
        FileWork.removeTree(path, allowsMissing).run(done)
    }

    /// Removes what is at `path`, a folder with all that is in it, as Node's `fs.rm` with `recursive` does. See `unlinkat(2)`.
    ///
    /// A symbolic link is removed as a link, `path` itself and slashes behind it too, and none is followed out of the folder,
    /// whatever another program puts there meanwhile. One thread of the pool does it all. When the task is cancelled it stops
    /// between two names.
    /// - Parameters:
    ///   - path: Where it is. One that ends with `.` or `..` is `EINVAL`, and the root is `EBUSY`.
    ///   - allowsMissing: Whether it is no error (`ENOENT`) that nothing is there: Node's `force`.
    /// - Complexity: O(names), and the names of one folder at each depth in memory.
    public static func removeTree(_ path: String, allowsMissing: Bool = false) async throws(LoopError) {
        try await FileWork.removeTree(path, allowsMissing).run()
    }

    /// Gives a file or a folder another name, in place of the file that had it, in one step: other programs see the one or
    /// the other. Both lie on one file system, otherwise it is `EXDEV`. See `uv_fs_rename`.
    public static func rename(
        _ path: String, to newPath: String, _ done: @escaping (Result<Void, LoopError>) throws -> Void
    ) {
        FileWork.rename(path, newPath).run(done)
    }

    /// Gives a file or a folder another name, in place of the file that had it, in one step: other programs see the one or
    /// the other. Both lie on one file system, otherwise it is `EXDEV`. See `uv_fs_rename`.
    public static func rename(_ path: String, to newPath: String) async throws(LoopError) {
        try await FileWork.rename(path, newPath).run()
    }

    /// Copies a file, in place of one that is there. See `uv_fs_copyfile`.
    public static func copyFile(
        _ path: String, to newPath: String, _ done: @escaping (Result<Void, LoopError>) throws -> Void
    ) {
        FileWork.copyFile(path, newPath).run(done)
    }

    /// Copies a file, in place of one that is there. See `uv_fs_copyfile`.
    public static func copyFile(_ path: String, to newPath: String) async throws(LoopError) {
        try await FileWork.copyFile(path, newPath).run()
    }

    /// Makes a symbolic link at `path` that says `target`. See `uv_fs_symlink`.
    public static func makeSymbolicLink(
        _ path: String, to target: String, _ done: @escaping (Result<Void, LoopError>) throws -> Void
    ) {
        FileWork.makeSymbolicLink(path, target).run(done)
    }

    /// Makes a symbolic link at `path` that says `target`. See `uv_fs_symlink`.
    public static func makeSymbolicLink(_ path: String, to target: String) async throws(LoopError) {
        try await FileWork.makeSymbolicLink(path, target).run()
    }

    /// The path of a file from the root, without a link, `.` or `..`. See `uv_fs_realpath`.
    public static func realPath(_ path: String, _ done: @escaping (Result<String, LoopError>) throws -> Void) {
        FileWork.realPath(path).run(done)
    }

    /// The path of a file from the root, without a link, `.` or `..`. See `uv_fs_realpath`.
    public static func realPath(_ path: String) async throws(LoopError) -> String {
        try await FileWork.realPath(path).run()
    }
}
