import CLibUV

/// The `uv_fs_*` calls of one operation, one after another on libuv's thread pool, which can be taken back together.
@LoopActor
final class FileCall {
    let loop = EventLoop.current

    /// What libuv has, until its callback.
    private var request: UnsafeMutablePointer<uv_fs_t>?

    /// What a thread has that is no one call of libuv's, until it has left.
    private var work: ThreadWork?

    private(set) var isCancelled = false

    /// Begins a call; `done` gets what `take` takes of the finished request, or the failure. It is no callback of the
    /// program, so it is called also when the program has ended.
    ///
    /// Nothing begins once the operation is cancelled or the program has ended.
    func start<Value>(
        _ call: StaticString,
        _ begin: (UnsafeMutablePointer<uv_loop_t>, UnsafeMutablePointer<uv_fs_t>, uv_fs_cb) -> Int32,
        take: @escaping (UnsafeMutablePointer<uv_fs_t>) -> Value,
        done: @escaping (Result<Value, LoopError>) -> Void
    ) {
        guard !isCancelled, !loop.isExiting else { return fail(.cancelled("\(call)"), done) }
        do throws(LoopError) {
            try Request.start(UV_FS, call) { raw in
                let request = raw.assumingMemoryBound(to: uv_fs_t.self)
                self.request = request
                return begin(loop.raw, request) { @Sendable request in Request.finish(request, 0) }
            } done: { [self] raw, _ in
                let request = raw.assumingMemoryBound(to: uv_fs_t.self)
                self.request = nil
                defer { uv_fs_req_cleanup(request) }
                let code = request.pointee.result
                if code < 0 {
                    done(.failure(LoopError(code: Int32(truncatingIfNeeded: code), call: "\(call)")))
                } else {
                    done(.success(take(request)))
                }
            }
        } catch {
            request = nil
            fail(error, done)
        }
    }

    /// Has `body` done on a thread; `done` gets what it returns or throws, and `ECANCELED` where it has not begun.
    func start<Value: Sendable>(
        _ call: StaticString, onThread body: @escaping @Sendable (ThreadWork) throws(LoopError) -> Value,
        done: @escaping (Result<Value, LoopError>) -> Void
    ) {
        guard !isCancelled, !loop.isExiting else { return fail(.cancelled("\(call)"), done) }
        let outcome = Outcome<Value>(.failure(.cancelled("\(call)")))
        let work = ThreadWork(on: loop) { work in
            outcome.result = Result { () throws(LoopError) in try body(work) }
        } done: { [self] in
            self.work = nil
            done(outcome.result)
        }
        self.work = work
        work.begin()
    }

    /// Takes back what no thread has begun, and begins nothing more; what a thread has goes on, if it does not ask. See
    /// `uv_cancel`.
    func cancel() {
        isCancelled = true
        work?.cancel()
        guard let request else { return }
        UnsafeMutableRawPointer(request).withMemoryRebound(to: uv_req_t.self, capacity: 1) { _ = uv_cancel($0) }
    }

    /// Fails before any call. Nothing is done inside the call that asked for it; behind the end of the program there is no later.
    func fail<Value>(_ error: LoopError, _ done: @escaping (Result<Value, LoopError>) -> Void) {
        if loop.isExiting { return done(.failure(error)) }
        loop.setImmediate { done(.failure(error)) }
    }
}

/// Where a thread leaves its result.
///
/// Unchecked, because the compiler cannot see the order that makes it safe: the thread writes before libuv's lock hands the
/// request back, and the loop reads after.
private final class Outcome<Value: Sendable>: @unchecked Sendable {
    var result: Result<Value, LoopError>

    init(_ result: Result<Value, LoopError>) { self.result = result }
}

/// Memory that stays where it is while a thread reads into it.
final class FileBuffer {
    private let bytes: UnsafeMutableRawBufferPointer

    init(count: Int) { bytes = .allocate(byteCount: count, alignment: 16) }

    deinit { bytes.deallocate() }

    /// As libuv wants it for a call that holds the buffer until its end.
    func piece() -> uv_buf_t {
        uv_buf_t(base: bytes.baseAddress?.assumingMemoryBound(to: CChar.self), len: bytes.count)
    }

    /// Hands on the first `count` bytes.
    func withPrefix(_ count: Int, _ body: (RawSpan) throws -> Void) rethrows {
        try body(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: bytes[..<count])))
    }

    /// A copy of the first `count` bytes.
    func prefix(_ count: Int) -> [UInt8] { [UInt8](bytes.prefix(count)) }
}
