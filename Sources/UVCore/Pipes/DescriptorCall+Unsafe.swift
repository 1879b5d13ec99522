import CLibUV

/// A file that the loop closes at its end, if the pipe has not come to one.
@LoopActor
protocol PipedFile: AnyObject {
    func loopWillEnd()
}

/// The calls of files that are the ends of pipes, on libuv's thread pool.
///
/// What they end with is told also when the program has ended.
@LoopActor
enum DescriptorCall {
    /// - Parameters:
    ///   - begin: Calls the libuv function.
    ///   - done: It gets what the call returned.
    static func start(
        _ call: StaticString, on loop: EventLoop,
        _ begin: (UnsafeMutablePointer<uv_loop_t>, UnsafeMutablePointer<uv_fs_t>, uv_fs_cb) -> Int32,
        done: @escaping (Result<Int, LoopError>) -> Void
    ) {
        if loop.isExiting { return done(.failure(.cancelled("\(call)"))) }
        do throws(LoopError) {
            try Request.start(UV_FS, call) { raw in
                begin(loop.raw, raw.assumingMemoryBound(to: uv_fs_t.self)) { @Sendable request in
                    Request.finish(request, 0)
                }
            } done: { raw, _ in
                let request = raw.assumingMemoryBound(to: uv_fs_t.self)
                let result = request.pointee.result
                uv_fs_req_cleanup(request)
                let failure = LoopError(code: Int32(truncatingIfNeeded: result), call: "\(call)")
                done(result < 0 ? .failure(failure) : .success(result))
            }
        } catch {
            loop.setImmediate { done(.failure(error)) }
        }
    }

    static func open(
        _ path: String, _ flags: Int32, on loop: EventLoop, _ done: @escaping (Result<uv_file, LoopError>) -> Void
    ) {
        start("uv_fs_open", on: loop) { raw, request, finished in
            path.isWholeInC ? uv_fs_open(raw, request, path, flags, 0o666, finished) : UV_EINVAL.rawValue
        } done: { result in
            done(result.map { uv_file(truncatingIfNeeded: $0) })
        }
    }

    static func close(_ descriptor: uv_file, on loop: EventLoop, _ done: @escaping (LoopError?) -> Void) {
        if loop.isExiting {
            closeNow(descriptor)
            return done(nil)
        }
        start("uv_fs_close", on: loop) { raw, request, finished in
            uv_fs_close(raw, request, descriptor, finished)
        } done: { result in
            if case .failure(let error) = result { done(error) } else { done(nil) }
        }
    }

    /// Where no loop can do it any more. It may block.
    nonisolated static func closeNow(_ descriptor: uv_file) {
        var request = uv_fs_t()
        uv_fs_close(nil, &request, descriptor, nil)
        uv_fs_req_cleanup(&request)
    }
}
