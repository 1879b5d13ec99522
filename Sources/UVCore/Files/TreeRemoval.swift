#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The removal of a file, or of a folder with all in it, by a thread that may wait.
///
/// ```
/// names of a folder ── unlinkat each ── is it a folder? ── openat(…, O_NOFOLLOW) ── its names, …
///                                                                  and when none is left ── openat("..") ── rmdir
/// ```
///
/// A link is removed as a link, also one that takes a folder's place while this is under way: each name is looked up in a folder
/// that is open, and no link is opened. The way back is checked to lead to the folder that the way down has come from. One
/// folder is open at a time, whatever the depth, and no path is longer than a name.
struct TreeRemoval: ~Copyable {
    /// A folder on the way down.
    private struct Level {
        /// In the folder above.
        let name: FileName
        let identity: OpenFolder.Identity
        /// What is in it and was not looked at yet.
        var rest: [FileName]
    }

    private let isCancelled: () -> Bool
    private var folder = OpenFolder.working
    private var levels: [Level] = []

    private init(_ isCancelled: @escaping () -> Bool) { self.isCancelled = isCancelled }

    /// Removes what is at `path`.
    ///
    /// - Throws: `ENOENT` where nothing is there, as ``name(of:)``, and what has kept a part from being removed: the rest is
    ///   there then.
    static func remove(_ path: String, _ isCancelled: @escaping () -> Bool) throws(LoopError) {
        let name = try name(of: path)
        var removal = TreeRemoval(isCancelled)
        try removal.removeAll(name)
    }

    /// What `path` names: without the slashes behind it, by which the system would follow a link.
    ///
    /// - Throws: `EINVAL` for a path that ends with `.` or `..`, `EBUSY` for the root.
    static func name(of path: String) throws(LoopError) -> FileName {
        let bytes = Array(path.utf8)
        guard !bytes.isEmpty else { throw LoopError(.noSuchFile, call: "unlinkat") }
        guard let end = bytes.lastIndex(where: { $0 != 47 }) else { throw LoopError(.busy, call: "unlinkat") }
        let name = bytes[...end]
        let last = name.suffix(end - (name.lastIndex(of: 47) ?? -1))
        if name.contains(0) || last.elementsEqual([46]) || last.elementsEqual([46, 46]) { throw .invalid("unlinkat") }
        return FileName(name)
    }

    private mutating func removeAll(_ name: FileName) throws(LoopError) {
        if try folder.removeFile(name) { return }
        try goDown(to: name)
        while !levels.isEmpty {
            if isCancelled() { throw .cancelled("unlinkat") }
            guard let next = levels[levels.count - 1].rest.popLast() else {
                try goUp()
                continue
            }
            do throws(LoopError) {
                if try !folder.removeFile(next) { try goDown(to: next) }
            } catch  where error.code == .noSuchFile {
                // Another program was faster.
            }
        }
    }

    private mutating func goDown(to name: FileName) throws(LoopError) {
        let below = try folder.open(name)
        levels.append(Level(name: name, identity: try below.identity(), rest: try below.names()))
        folder = below
    }

    private mutating func goUp() throws(LoopError) {
        let level = levels.removeLast()
        if let above = levels.last {
            let parent = try folder.open(.parent)
            guard try parent.identity() == above.identity else {
                throw LoopError(.busy, call: "openat", reason: "a folder was moved while it was being removed")
            }
            folder = parent
        } else {
            folder = .working
        }
        try folder.removeFolder(level.name)
    }
}
