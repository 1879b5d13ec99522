import CLibUV

// What can be done with a path, as operations: one call of libuv each.

extension FileWork where Value == File {
    static func open(_ path: String, _ flags: OpenFlags, _ permissions: FilePermissions) -> FileWork {
        FileWork("uv_fs_open", paths: [path]) {
            uv_fs_open($0, $1, path, flags.system, Int32(truncatingIfNeeded: permissions.rawValue), $2)
        } take: {
            File(uv_file($0.pointee.result))
        }
    }
}

extension FileWork where Value == FileStatus {
    static func stat(_ path: String) -> FileWork {
        FileWork("uv_fs_stat", paths: [path]) {
            uv_fs_stat($0, $1, path, $2)
        } take: {
            FileStatus($0.pointee.statbuf)
        }
    }

    static func lstat(_ path: String) -> FileWork {
        FileWork("uv_fs_lstat", paths: [path]) {
            uv_fs_lstat($0, $1, path, $2)
        } take: {
            FileStatus($0.pointee.statbuf)
        }
    }
}

extension FileWork where Value == String {
    static func realPath(_ path: String) -> FileWork {
        FileWork("uv_fs_realpath", paths: [path]) {
            uv_fs_realpath($0, $1, path, $2)
        } take: { request in
            request.pointee.ptr.map { String(cString: $0.assumingMemoryBound(to: CChar.self)) } ?? ""
        }
    }

    static func makeTemporaryDirectory(_ prefix: String) -> FileWork {
        FileWork("uv_fs_mkdtemp", paths: [prefix]) {
            uv_fs_mkdtemp($0, $1, prefix + "XXXXXX", $2)
        } take: {
            String(cString: $0.pointee.path)
        }
    }
}

extension FileWork where Value == [DirectoryEntry] {
    static func readDirectory(_ path: String) -> FileWork {
        FileWork("uv_fs_scandir", paths: [path]) {
            uv_fs_scandir($0, $1, path, 0, $2)
        } take: { request in
            var entries: [DirectoryEntry] = []
            var raw = uv_dirent_t()
            while uv_fs_scandir_next(request, &raw) >= 0 { DirectoryEntry(raw).map { entries.append($0) } }
            return entries
        }
    }
}

extension FileWork where Value == Void {
    static func makeDirectory(_ path: String, _ permissions: FilePermissions) -> FileWork {
        FileWork("uv_fs_mkdir", paths: [path]) {
            uv_fs_mkdir($0, $1, path, Int32(truncatingIfNeeded: permissions.rawValue), $2)
        }
    }

    static func removeFile(_ path: String) -> FileWork {
        FileWork("uv_fs_unlink", paths: [path]) { uv_fs_unlink($0, $1, path, $2) }
    }

    static func removeDirectory(_ path: String) -> FileWork {
        FileWork("uv_fs_rmdir", paths: [path]) { uv_fs_rmdir($0, $1, path, $2) }
    }

    static func rename(_ path: String, _ newPath: String) -> FileWork {
        FileWork("uv_fs_rename", paths: [path, newPath]) { uv_fs_rename($0, $1, path, newPath, $2) }
    }

    static func copyFile(_ path: String, _ newPath: String) -> FileWork {
        FileWork("uv_fs_copyfile", paths: [path, newPath]) { uv_fs_copyfile($0, $1, path, newPath, 0, $2) }
    }

    static func makeSymbolicLink(_ path: String, _ target: String) -> FileWork {
        FileWork("uv_fs_symlink", paths: [path, target]) { uv_fs_symlink($0, $1, target, path, 0, $2) }
    }
}
