import CLibUV

/// The memory and the life of one libuv request: an operation that is under way.
///
/// The request and all that `done` has captured stay where they are until the callback, however the operation ends; so
/// a request owns what the kernel still needs by holding it in `done`.
@LoopActor
final class Request {
    // Unsafe only for `deinit`, which runs where the last reference ends, when no other code can touch the memory.
    private nonisolated(unsafe) let raw: UnsafeMutableRawPointer
    private let done: (UnsafeMutableRawPointer, Int32) -> Void

    private init(_ type: uv_req_type, _ done: @escaping (UnsafeMutableRawPointer, Int32) -> Void) {
        raw = .allocate(byteCount: uv_req_size(type), alignment: MemoryLayout<UInt64>.alignment)
        self.done = done
    }

    deinit { raw.deallocate() }

    /// Begins an operation.
    ///
    /// `begin` calls the libuv function, with a callback that ends in `Request.finish`. When it refuses at once, `done`
    /// is not called and the status is thrown.
    static func start(
        _ type: uv_req_type, _ call: StaticString, _ begin: (UnsafeMutableRawPointer) -> Int32,
        done: @escaping (UnsafeMutableRawPointer, Int32) -> Void
    ) throws(LoopError) {
        let request = Request(type, done)
        // +1 for libuv's pointer; the -1 is in `finish`, or here when libuv does not take the request.
        request.base.pointee.data = Unmanaged.passRetained(request).toOpaque()
        do throws(LoopError) {
            try LoopError.check(begin(request.raw), call)
        } catch {
            Unmanaged.passUnretained(request).release()
            throw error
        }
    }

    /// What each request's C callback calls.
    nonisolated static func finish(_ raw: UnsafeMutableRawPointer?, _ status: Int32) {
        guard let raw, let data = raw.assumingMemoryBound(to: uv_req_t.self).pointee.data else { return }
        // -1 for libuv's pointer, which `start` counted.
        let request = Unmanaged<Request>.fromOpaque(data).takeRetainedValue()
        LoopActor.assumeIsolated { request.done(request.raw, status) }
    }

    private var base: UnsafeMutablePointer<uv_req_t> { raw.assumingMemoryBound(to: uv_req_t.self) }
}
