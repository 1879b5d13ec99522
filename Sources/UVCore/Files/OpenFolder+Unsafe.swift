import CLibUV

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A name in a folder, or a path, as the system has it: bytes, whatever they say, and a zero behind them.
struct FileName {
    static let parent = FileName([46, 46])

    private let bytes: ContiguousArray<CChar>

    init(_ name: some Sequence<UInt8>) {
        bytes = ContiguousArray(name.lazy.map { CChar(bitPattern: $0) }) + [0]
    }

    fileprivate init(_ start: UnsafePointer<CChar>) {
        bytes = ContiguousArray(UnsafeBufferPointer(start: start, count: strlen(start) + 1))
    }

    fileprivate var isDots: Bool { bytes == [46, 0] || bytes == [46, 46, 0] }

    fileprivate func withPointer<Value>(_ body: (UnsafePointer<CChar>) -> Value) -> Value {
        // There is a zero at least, so it has an address.
        bytes.withUnsafeBufferPointer { body($0.baseAddress.unsafelyUnwrapped) }
    }
}

/// A folder that is open, whose names are used from within: what its own name leads to by then does not matter.
struct OpenFolder: ~Copyable {
    /// What tells a folder from all others of the machine.
    struct Identity: Equatable {
        let device: UInt64
        let inode: UInt64
    }

    private let descriptor: Int32
    private let isOwned: Bool

    private init(_ descriptor: Int32, isOwned: Bool) { (self.descriptor, self.isOwned) = (descriptor, isOwned) }

    deinit { if isOwned { close(descriptor) } }

    /// The folder that the process works in.
    static var working: OpenFolder { OpenFolder(AT_FDCWD, isOwned: false) }

    /// A folder in it. A link is none (`ELOOP`, `ENOTDIR`).
    func open(_ name: FileName) throws(LoopError) -> OpenFolder {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let opened = name.withPointer { openat(descriptor, $0, flags) }
        if opened < 0 { throw .system("openat") }
        return OpenFolder(opened, isOwned: true)
    }

    func identity() throws(LoopError) -> Identity {
        var status = stat()
        if fstat(descriptor, &status) != 0 { throw .system("fstat") }
        return Identity(device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(status.st_ino))
    }

    /// All names in it but `.` and `..`.
    ///
    /// - Complexity: O(names) memory.
    func names() throws(LoopError) -> [FileName] {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw .system("fcntl") }
        guard let stream = fdopendir(copy) else {
            let error = LoopError.system("fdopendir")
            close(copy)
            throw error
        }
        defer { closedir(stream) }
        var names: [FileName] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw .system("readdir") }
                return names
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 1) { FileName($0) }
            }
            if !name.isDots { names.append(name) }
        }
    }

    /// Removes what is no folder; false for a folder.
    func removeFile(_ name: FileName) throws(LoopError) -> Bool {
        if name.withPointer({ unlinkat(descriptor, $0, 0) }) == 0 { return true }
        let error = LoopError.system("unlinkat")
        // POSIX has the one for a folder, Linux the other.
        guard error.code == .notPermitted || error.code == .isDirectory else { throw error }
        var status = stat()
        let found = name.withPointer { fstatat(descriptor, $0, &status, AT_SYMLINK_NOFOLLOW) }
        if found == 0, status.st_mode & S_IFMT == S_IFDIR { return false }
        throw error
    }

    /// Removes a folder that is empty.
    func removeFolder(_ name: FileName) throws(LoopError) {
        if name.withPointer({ unlinkat(descriptor, $0, AT_REMOVEDIR) }) != 0 { throw .system("unlinkat") }
    }
}

extension LoopError {
    /// What `errno` says of `call`.
    fileprivate static func system(_ call: String) -> LoopError {
        LoopError(code: uv_translate_sys_error(errno), call: call)
    }
}
