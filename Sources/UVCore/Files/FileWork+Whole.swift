import CLibUV

// What takes more than one call: whole files, folders with those that lead to them, and with all that is in them.

extension FileWork {
    /// This and then closing `file`, however this ends; its own error is told before one of closing.
    func closing(_ file: File) -> FileWork {
        FileWork { call, done in
            begin(call) { result in
                file.closing.begin(call) { closed in
                    if case .success = result, case .failure(let error) = closed { return done(.failure(error)) }
                    done(result)
                }
            }
        }
    }
}

extension FileWork where Value == [UInt8] {
    static func readFile(_ path: String, _ limit: Int) -> FileWork {
        FileWork<File>.open(path, .read, .file).then { file in
            rest(of: file, behind: FileContent(), limit).closing(file)
        }
    }

    private static func rest(of file: File, behind content: FileContent, _ limit: Int) -> FileWork {
        file.reading(65_536, at: nil).then { bytes in
            if bytes.isEmpty { return .success(content.bytes) }
            guard bytes.count <= limit - content.bytes.count else {
                return .failure(LoopError(.fileTooLarge, call: "uv_fs_read"))
            }
            content.bytes.append(contentsOf: bytes)
            return rest(of: file, behind: content, limit)
        }
    }
}

/// What has been read of a file so far, in one place.
private final class FileContent {
    var bytes: [UInt8] = []
}

extension FileWork where Value == Void {
    static func writeFile(
        _ path: String, _ bytes: [UInt8], _ flags: OpenFlags, _ permissions: FilePermissions
    ) -> FileWork {
        FileWork<File>.open(path, flags.union(.write), permissions).then { file in
            file.writing(bytes.span.bytes, at: nil).closing(file)
        }
    }

    static func removeTree(_ path: String, _ allowsMissing: Bool) -> FileWork {
        let removal = FileWork { call, done in
            call.start(
                "unlinkat",
                onThread: { work throws(LoopError) in
                    try TreeRemoval.remove(path) { work.isCancelled }
                }, done: done)
        }
        return allowsMissing ? removal.otherwise { $0.code == .noSuchFile ? .success(()) : nil } : removal
    }

    static func makeDirectory(_ path: String, _ withParents: Bool, _ permissions: FilePermissions) -> FileWork {
        let alone = makeDirectory(path, permissions)
        return withParents ? alone.withParents(of: path, permissions) : alone
    }

    /// What makes the folder `path`, and those that lead to it where one is missing. One that is there is as good as made.
    private func withParents(of path: String, _ permissions: FilePermissions) -> FileWork {
        otherwise { error in
            if error.code == .fileExists { return checked(path, error) }
            guard error.code == .noSuchFile, let parent = Self.parent(of: path) else { return nil }
            return FileWork.makeDirectory(parent, true, permissions).then {
                FileWork.makeDirectory(path, permissions).otherwise { again in
                    again.code == .fileExists ? checked(path, again) : nil
                }
            }
        }
    }

    /// Fails with `error` if there is no folder at `path`.
    private func checked(_ path: String, _ error: LoopError) -> FileWork {
        FileWork<FileStatus>.stat(path).then { $0.isDirectory ? .success(()) : .failure(error) }
    }

    /// The folder that `path` lies in; nil if it names none.
    private static func parent(of path: String) -> String? {
        let bytes = path.utf8
        let end = bytes.lastIndex { $0 != 47 } ?? bytes.startIndex
        guard let slash = bytes[..<end].lastIndex(of: 47) else { return nil }
        return slash == bytes.startIndex ? nil : String(path[..<slash])
    }
}
