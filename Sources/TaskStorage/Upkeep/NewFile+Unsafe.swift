#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A file that has its name when it is whole, and not before. Until then it stands beside it under another one, and a
/// program that ends early takes that away.
package final class NewFile {
    package let path: String
    /// Where the file is until it is whole.
    package let partialPath: String
    let descriptor: Int32
    private var isOpen = true

    /// - Throws: If there is something at `path`: no file is written over.
    package init(_ path: String) throws(UpkeepError) {
        self.path = path
        partialPath = "\(path).\(UInt32.random(in: 0 ... .max)).part"
        try Self.refuseExisting(path)
        descriptor = open(partialPath, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .failed("cannot make \(path): \(SystemError.last.message)") }
    }

    deinit { discard() }

    /// Takes the file away, unless it is finished.
    package func discard() {
        guard isOpen else { return }
        isOpen = false
        close(descriptor)
        for ending in ["", "-journal", "-wal", "-shm"] { unlink(partialPath + ending) }
    }

    /// Gives the file its name, when all of it is on the disk.
    ///
    /// - Throws: If it is not all on the disk, or something stands at its path by now.
    package func finish() throws(UpkeepError) {
        guard isOpen, fsync(descriptor) == 0 else { throw .failed("cannot write \(path): \(SystemError.last.message)") }
        // A link never takes the place of a file; where there are no links, a look has to do.
        if link(partialPath, path) != 0 {
            let error = SystemError.last
            try Self.refuseExisting(path)
            guard rename(partialPath, path) == 0 else { throw .failed("cannot make \(path): \(error.message)") }
        }
        discard()
        Self.syncFolder(of: path)
    }

    private static func refuseExisting(_ path: String) throws(UpkeepError) {
        var status = stat()
        guard lstat(path, &status) != 0 else {
            throw .failed("\(path) is there already, and is not written over: name another file, or remove it")
        }
    }

    /// The name is on the disk, too. Some file systems cannot do it, and need not.
    private static func syncFolder(of path: String) {
        let end = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = end.map { $0 == path.startIndex ? "/" : String(decoding: path.utf8[..<$0], as: UTF8.self) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
