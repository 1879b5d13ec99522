import CLibUV

/// What a file is; `man 7 inode`.
public enum FileKind: String, Hashable, Sendable {
    /// A regular file.
    case file
    /// A folder.
    case directory
    /// A name that stands for another one.
    case symbolicLink
    /// A socket with a name, such as ``Server/listen(path:backlog:_:)`` makes.
    case socket
    /// A pipe with a name: a FIFO.
    case pipe
    /// A device that is read byte by byte, such as a terminal.
    case characterDevice
    /// A device that is read in blocks, such as a disk.
    case blockDevice
    /// What the system did not say.
    case unknown
}

/// What the system knows about a file. See `uv_stat_t`.
public struct FileStatus: Hashable, Sendable {
    /// Its length in bytes.
    public let size: Int64

    /// When its content last changed, since 1970.
    public let modified: Duration

    /// When its content or what the system knows about it last changed, since 1970.
    public let changed: Duration

    /// Its kind and permissions; `man 7 inode`.
    public let mode: UInt32

    /// Its number, which is its own on its ``device``.
    public let inode: UInt64

    /// The file system that it lies on.
    public let device: UInt64

    /// How many names it has.
    public let links: UInt64

    /// What it is.
    public var kind: FileKind {
        switch mode & 0o170000 {
        case 0o100000: .file
        case 0o040000: .directory
        case 0o120000: .symbolicLink
        case 0o140000: .socket
        case 0o010000: .pipe
        case 0o020000: .characterDevice
        case 0o060000: .blockDevice
        default: .unknown
        }
    }

    /// True for a folder.
    public var isDirectory: Bool { kind == .directory }

    /// True for a plain file.
    public var isFile: Bool { kind == .file }

    /// True for a symbolic link, which only ``FileSystem/lstat(_:)`` finds.
    public var isSymbolicLink: Bool { kind == .symbolicLink }

    /// Which users may read, write and run it.
    public var permissions: FilePermissions { FilePermissions(rawValue: mode & 0o7777) }

    init(_ raw: uv_stat_t) {
        size = Int64(clamping: raw.st_size)
        mode = UInt32(truncatingIfNeeded: raw.st_mode)
        modified = .seconds(raw.st_mtim.tv_sec) + .nanoseconds(raw.st_mtim.tv_nsec)
        changed = .seconds(raw.st_ctim.tv_sec) + .nanoseconds(raw.st_ctim.tv_nsec)
        inode = raw.st_ino
        device = raw.st_dev
        links = raw.st_nlink
    }
}

/// A name in a folder.
public struct DirectoryEntry: Hashable, Sendable {
    /// The name, without its folder. One that is not UTF-8 has U+FFFD in it, and cannot be opened by it.
    public let name: String

    /// What it names, as far as the file system says so without being asked for it; a link is a link.
    public let kind: FileKind

    init?(_ raw: uv_dirent_t) {
        guard let start = raw.name else { return nil }
        name = String(cString: start)
        kind =
            switch raw.type {
            case UV_DIRENT_FILE: .file
            case UV_DIRENT_DIR: .directory
            case UV_DIRENT_LINK: .symbolicLink
            case UV_DIRENT_FIFO: .pipe
            case UV_DIRENT_SOCKET: .socket
            case UV_DIRENT_CHAR: .characterDevice
            case UV_DIRENT_BLOCK: .blockDevice
            default: .unknown
            }
    }
}
