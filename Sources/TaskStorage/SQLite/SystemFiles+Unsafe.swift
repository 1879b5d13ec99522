#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A failure of a system call.
struct SystemError: Error, Sendable {
    let code: Int32

    var message: String { Self.message(code) }

    static var last: SystemError { SystemError(code: errno) }

    /// What the system calls the error of that number. See `man 3 strerror`.
    static func message(_ code: Int32) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            return strerror_r(code, start, buffer.count) == 0 ? String(cString: start) : "error \(code)"
        }
    }
}

/// What a start looks at before SQLite opens a file.
enum SystemFiles {
    /// What a file is opened for. A pipe that has no writer is not waited for. See `man 2 open`.
    enum Access {
        case reading
        case writing

        var flag: Int32 { self == .reading ? O_RDONLY | O_NONBLOCK : O_RDWR }
    }

    /// The first bytes of the file at `path`, `count` at most; nil if there is no file.
    ///
    /// - Throws: If it cannot be opened for that, or cannot be read.
    static func head(of path: String, count: Int, access: Access) throws(SystemError) -> [UInt8]? {
        let file = open(path, access.flag | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw .last
        }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: count)
        let got = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
        guard got >= 0 else { throw .last }
        return Array(bytes[..<got])
    }

    /// The length of the file at `path`; nil if there is none.
    static func size(of path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    /// The name of the file itself, which need not be there, where `path` is a link to it. See `man 2 readlink`.
    static func target(of path: String) -> String {
        var path = path
        // As many links as Linux follows.
        for _ in 0..<40 {
            guard let target = readLink(path) else { return path }
            let (slash, bytes) = (UInt8(ascii: "/"), path.utf8)
            let folder = target.utf8.first == slash ? nil : bytes.lastIndex(of: slash).map { bytes[...$0] }
            path = folder.map { "\(Substring($0))\(target)" } ?? target
        }
        return path
    }

    private static func readLink(_ path: String) -> String? {
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
            if let start = buffer.baseAddress { count = max(readlink(path, start, buffer.count), 0) }
        }
        return bytes.isEmpty ? nil : String(validating: bytes, as: UTF8.self)
    }

    /// Whether the file at `path` has another name, a hard link. See `man 2 stat`.
    static func hasOtherName(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_nlink > 1
    }

    static func remove(_ path: String) { unlink(path) }
}

/// The lock that one server holds on its store, as long as it lives. See `man 2 flock`.
///
/// It is a file beside the store, since SQLite has locks of its own on that.
final class FileLock: Sendable {
    private let file: Int32
    private let path: String
    /// Whether the file was not there before.
    private let isNew: Bool

    /// Takes the lock; nil if another process holds it.
    init?(_ path: String) throws(SystemError) {
        var file = open(path, O_RDWR | O_CLOEXEC)
        isNew = file < 0 && errno == ENOENT
        if isNew { file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644) }
        guard file >= 0 else { throw .last }
        self.file = file
        self.path = path
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            if errno == EWOULDBLOCK { return nil }
            throw .last
        }
    }

    /// Removes a file that this lock has made, at a start that leaves nothing.
    func removeIfNew() { if isNew { unlink(path) } }

    // The lock goes with the descriptor.
    deinit { close(file) }
}
