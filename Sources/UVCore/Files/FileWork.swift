import CLibUV

/// An operation on files, in the two forms that a program can ask for it.
@LoopActor
struct FileWork<Value: Sendable> {
    typealias Done = (Result<Value, LoopError>) -> Void

    /// Begins it, by the calls that it gets. What it ends with is told later, once.
    let begin: @LoopActor (FileCall, @escaping Done) -> Void

    init(_ begin: @escaping @LoopActor (FileCall, @escaping Done) -> Void) { self.begin = begin }

    /// With a callback.
    func run(_ done: @escaping (Result<Value, LoopError>) throws -> Void) {
        let call = FileCall()
        begin(call) { result in call.loop.enter(.file) { try done(result) } }
    }

    /// For a task. When that is cancelled, what waits for a thread is taken back.
    func run() async throws(LoopError) -> Value {
        let call = FileCall()
        return try await withTaskCancellationHandler {
            await call.loop.suspend { continuation in
                begin(call) { result in call.loop.enter(.file) { continuation.resume(returning: result) } }
            }
        } onCancel: {
            LoopDoor.perform { call.cancel() }
        }.get()
    }
}

extension FileWork {
    /// One call of libuv. A path that C would read otherwise is refused (`EINVAL`).
    init(
        _ call: StaticString, paths: [String] = [],
        _ start: @escaping (UnsafeMutablePointer<uv_loop_t>, UnsafeMutablePointer<uv_fs_t>, uv_fs_cb) -> Int32,
        take: @escaping (UnsafeMutablePointer<uv_fs_t>) -> Value
    ) {
        self.init { operation, done in
            operation.start(
                call,
                { loop, request, finished in
                    paths.allSatisfy(\.isWholeInC) ? start(loop, request, finished) : UV_EINVAL.rawValue
                }, take: take, done: done)
        }
    }

    /// What has nothing to do, and is done at once.
    static func success(_ value: Value) -> FileWork { FileWork { _, done in done(.success(value)) } }

    /// What fails, later.
    static func failure(_ error: LoopError) -> FileWork { FileWork { call, done in call.fail(error, done) } }

    /// This and then `next`, which gets its result: both are one operation.
    func then<Last>(_ next: @escaping @LoopActor (Value) -> FileWork<Last>) -> FileWork<Last> {
        FileWork<Last> { call, done in
            begin(call) { result in
                switch result {
                case .success(let value): next(value).begin(call, done)
                case .failure(let error): done(.failure(error))
                }
            }
        }
    }

    /// This or, when it fails, what `next` makes of the error; nil leaves it as it is.
    func otherwise(_ next: @escaping @LoopActor (LoopError) -> FileWork?) -> FileWork {
        FileWork { call, done in
            begin(call) { result in
                if case .failure(let error) = result, let work = next(error) {
                    work.begin(call, done)
                } else {
                    done(result)
                }
            }
        }
    }
}

extension FileWork where Value == Void {
    /// One call of libuv that tells only whether it has failed.
    init(
        _ call: StaticString, paths: [String] = [],
        _ start: @escaping (UnsafeMutablePointer<uv_loop_t>, UnsafeMutablePointer<uv_fs_t>, uv_fs_cb) -> Int32
    ) {
        self.init(call, paths: paths, start, take: { _ in })
    }
}
