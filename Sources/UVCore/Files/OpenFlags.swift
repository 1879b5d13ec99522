import CLibUV

/// How a file is opened; `man 2 open`. It is closed in programs that this one starts (`O_CLOEXEC`).
public struct OpenFlags: OptionSet, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// Its content may be read.
    public static let read = OpenFlags(rawValue: 1)
    /// Its content may be changed.
    public static let write = OpenFlags(rawValue: 2)
    /// Each write goes to the end of the file, wherever that is by then (`O_APPEND`).
    public static let append = OpenFlags(rawValue: 4)
    /// A file that is missing is made (`O_CREAT`).
    public static let create = OpenFlags(rawValue: 8)
    /// With ``create``: a file, folder or link that is there is an error, `EEXIST` (`O_EXCL`).
    public static let exclusive = OpenFlags(rawValue: 16)
    /// A file that is there loses its content (`O_TRUNC`).
    public static let truncate = OpenFlags(rawValue: 32)
    /// A symbolic link at the end of the path is an error, `ELOOP` (`O_NOFOLLOW`).
    public static let noFollow = OpenFlags(rawValue: 64)
    /// Opening does not wait for the other end of a pipe (`O_NONBLOCK`).
    public static let nonBlocking = OpenFlags(rawValue: 128)
    /// What is not a folder is an error, `ENOTDIR` (`O_DIRECTORY`).
    public static let directory = OpenFlags(rawValue: 256)
    /// A write is done when the disk has it (`O_SYNC`).
    public static let synchronous = OpenFlags(rawValue: 512)

    /// Node's `w`: the file is new, or as if it were.
    public static let replacing: OpenFlags = [.write, .create, .truncate]
    /// Node's `wx`: the file is new.
    public static let new: OpenFlags = [.write, .create, .exclusive]
    /// Node's `a`: what is written goes behind what is there.
    public static let appending: OpenFlags = [.write, .create, .append]

    /// The same as `open(2)` has it.
    var system: Int32 {
        let access: Int32 =
            switch (contains(.read), contains(.write)) {
            case (true, true): UV_FS_O_RDWR
            case (false, true): UV_FS_O_WRONLY
            default: UV_FS_O_RDONLY
            }
        let others: [(OpenFlags, Int32)] = [
            (.append, UV_FS_O_APPEND), (.create, UV_FS_O_CREAT), (.exclusive, UV_FS_O_EXCL),
            (.truncate, UV_FS_O_TRUNC), (.noFollow, UV_FS_O_NOFOLLOW), (.nonBlocking, UV_FS_O_NONBLOCK),
            (.directory, UV_FS_O_DIRECTORY), (.synchronous, UV_FS_O_SYNC),
        ]
        return others.reduce(access) { contains($1.0) ? $0 | $1.1 : $0 }
    }
}

/// Which users may read, write and run a file; `man 2 chmod`. The process's mask takes its part away from what is made.
public struct FilePermissions: RawRepresentable, Hashable, Sendable, ExpressibleByIntegerLiteral {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public init(integerLiteral value: UInt32) { rawValue = value }

    /// `0o666`, what a program asks for that leaves it to the mask.
    public static let file: FilePermissions = 0o666
    /// `0o777`, the same for folders.
    public static let folder: FilePermissions = 0o777
    /// `0o600`: the owner of the file alone.
    public static let ownerOnly: FilePermissions = 0o600
}
