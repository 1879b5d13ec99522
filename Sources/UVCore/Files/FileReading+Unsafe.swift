import CLibUV

/// One `uv_fs_*` call.
@LoopActor
enum FileRequest {
    /// Begins a call; `done` gets the finished request, whose `result` is not negative, or the failure. It is no callback
    /// of the program, so it is called also when the program has ended.
    static func start(
        _ call: StaticString, on loop: EventLoop,
        _ begin: (UnsafeMutablePointer<uv_fs_t>, uv_fs_cb) -> Int32,
        done: @escaping (Result<uv_fs_t, LoopError>) -> Void
    ) {
        do throws(LoopError) {
            try Request.start(UV_FS, call) { raw in
                begin(raw.assumingMemoryBound(to: uv_fs_t.self)) { @Sendable request in Request.finish(request, 0) }
            } done: { raw, _ in
                let request = raw.assumingMemoryBound(to: uv_fs_t.self)
                defer { uv_fs_req_cleanup(request) }
                let code = request.pointee.result
                let failure = code < 0 ? LoopError(code: Int32(truncatingIfNeeded: code), call: "\(call)") : nil
                done(failure.map { .failure($0) } ?? .success(request.pointee))
            }
        } catch {
            loop.setImmediate { done(.failure(error)) }
        }
    }
}

/// Reads a file to its end: open, read until nothing comes, close.
@LoopActor
final class FileReading {
    private nonisolated static let chunk = 65_536

    private let path: String
    private let limit: Int
    private let loop: EventLoop
    private let done: (Result<[UInt8], LoopError>) throws -> Void
    // Unsafe only for `deinit`, which runs where the last reference ends, when no other code can touch the memory.
    private nonisolated(unsafe) let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 16)
    private var content: [UInt8] = []
    private var file: uv_file = -1

    init(
        _ path: String, limit: Int, on loop: EventLoop, _ done: @escaping (Result<[UInt8], LoopError>) throws -> Void
    ) {
        self.path = path
        self.limit = limit
        self.loop = loop
        self.done = done
    }

    deinit { buffer.deallocate() }

    func open() {
        FileRequest.start("uv_fs_open", on: loop) { [self] request, finished in
            path.isWholeInC
                ? uv_fs_open(loop.raw, request, path, UV_FS_O_RDONLY, 0, finished) : UV_EINVAL.rawValue
        } done: { [self] result in
            switch result {
            case .success(let request):
                file = uv_file(request.result)
                read()
            case .failure(let error):
                finish(.failure(error))
            }
        }
    }

    private func read() {
        if loop.isExiting { return close(.failure(.cancelled("uv_fs_read"))) }
        FileRequest.start("uv_fs_read", on: loop) { [self] request, finished in
            var target = uv_buf_t(base: buffer.baseAddress?.assumingMemoryBound(to: CChar.self), len: buffer.count)
            return uv_fs_read(loop.raw, request, file, &target, 1, -1, finished)
        } done: { [self] result in
            switch result {
            case .success(let request) where request.result == 0:
                close(.success(content))
            case .success(let request) where content.count + request.result > limit:
                close(.failure(LoopError(code: UV_EFBIG.rawValue, call: "uv_fs_read")))
            case .success(let request):
                content.append(contentsOf: buffer[..<request.result])
                read()
            case .failure(let error):
                close(.failure(error))
            }
        }
    }

    /// Closes the file and hands out the result; a failure to close tells nothing about what was read.
    private func close(_ result: Result<[UInt8], LoopError>) {
        FileRequest.start("uv_fs_close", on: loop) { [self] request, finished in
            uv_fs_close(loop.raw, request, file, finished)
        } done: { [self] _ in
            finish(result)
        }
    }

    private func finish(_ result: Result<[UInt8], LoopError>) {
        loop.enter { try done(result) }
    }
}
