import CLibUV

// What an open file can do, as operations. Both forms of each are in `File+Operations`.

extension File {
    func reading(_ count: Int, at offset: Int64?) -> FileWork<[UInt8]> {
        work("uv_fs_read") { file in
            guard (0...Self.largestRead).contains(count), offset ?? 0 >= 0 else {
                return .failure(.invalid("uv_fs_read"))
            }
            let buffer = FileBuffer(count: count)
            return Self.reading(into: buffer, from: file, at: offset).then { .success(buffer.prefix($0)) }
        }
    }

    /// As in Node. No system reads more at once, and a buffer for which there is no memory ends the process.
    private static let largestRead = Int(Int32.max)

    /// Reads behind what was read before, as much as `buffer` holds; its result is how many bytes these are.
    func reading(into buffer: FileBuffer) -> FileWork<Int> {
        work("uv_fs_read") { file in Self.reading(into: buffer, from: file, at: nil) }
    }

    private static func reading(into buffer: FileBuffer, from file: uv_file, at offset: Int64?) -> FileWork<Int> {
        FileWork("uv_fs_read") { loop, request, finished in
            var piece = buffer.piece()
            return uv_fs_read(loop, request, file, &piece, 1, offset ?? -1, finished)
        } take: { request in
            withExtendedLifetime(buffer) { request.pointee.result }
        }
    }

    func writing(_ bytes: RawSpan, at offset: Int64?) -> FileWork<Void> {
        let buffer = OutputBuffer(capacity: bytes.byteCount)
        buffer.append(bytes)
        return writing(buffer, at: offset)
    }

    func writing(_ buffer: OutputBuffer, at offset: Int64?) -> FileWork<Void> {
        work("uv_fs_write") { file in
            guard offset ?? 0 >= 0 else { return .failure(.invalid("uv_fs_write")) }
            return Self.writing(buffer, from: 0, to: file, at: offset)
        }
    }

    /// The system may take less than all: then the rest follows.
    private static func writing(
        _ buffer: OutputBuffer, from start: Int, to file: uv_file, at offset: Int64?
    ) -> FileWork<Void> {
        FileWork("uv_fs_write") { loop, request, finished in
            let place = offset.map { $0 + Int64(start) }
            return buffer.withBuffer(from: start) { piece in
                uv_fs_write(loop, request, file, &piece, 1, place ?? -1, finished)
            }
        } take: { request in
            // The request holds the buffer by this closure, until the thread is done with it.
            withExtendedLifetime(buffer) { request.pointee.result }
        }.then { count in
            if start + count == buffer.count { return .success(()) }
            // A file system that takes nothing and gives no reason would be asked for ever.
            if count == 0 { return .failure(LoopError(.inputOutputError, call: "uv_fs_write")) }
            return writing(buffer, from: start + count, to: file, at: offset)
        }
    }

    var statusWork: FileWork<FileStatus> {
        work("uv_fs_fstat") { file in
            FileWork("uv_fs_fstat") {
                uv_fs_fstat($0, $1, file, $2)
            } take: {
                FileStatus($0.pointee.statbuf)
            }
        }
    }

    func truncating(to size: Int64) -> FileWork<Void> {
        work("uv_fs_ftruncate") { file in FileWork("uv_fs_ftruncate") { uv_fs_ftruncate($0, $1, file, size, $2) } }
    }

    var syncing: FileWork<Void> {
        work("uv_fs_fsync") { file in FileWork("uv_fs_fsync") { uv_fs_fsync($0, $1, file, $2) } }
    }

    var syncingContent: FileWork<Void> {
        work("uv_fs_fdatasync") { file in FileWork("uv_fs_fdatasync") { uv_fs_fdatasync($0, $1, file, $2) } }
    }
}
