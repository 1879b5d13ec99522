import CLibUV
import DequeModule

/// An open file, as Node's `FileHandle`. Made by ``FileSystem/open(_:_:permissions:)``.
///
/// ```swift
/// let file = try await FileSystem.open("log.txt", .appending)
/// try await file.write("started\n")
/// try await file.close()
/// ```
///
/// What is asked of one file is done in that order, one at a time, each on a thread of libuv's pool; so a `close` waits for
/// what was begun before it. Different files go side by side.
///
/// A file that is dropped without ``close()`` is closed where the last reference ends, by a call that may block.
@LoopActor
public final class File {
    // Unsafe only for `deinit`, which runs where the last reference ends, when no other code can touch it.
    private nonisolated(unsafe) var descriptor: uv_file?

    private var isBusy = false
    private var line = Deque<() -> Void>()
    private var isAdvancing = false

    private let isBorrowed: Bool

    /// - Parameter isBorrowed: The descriptor belongs to something else, and stays open.
    init(_ descriptor: uv_file, isBorrowed: Bool = false) {
        (self.descriptor, self.isBorrowed) = (descriptor, isBorrowed)
    }

    deinit {
        guard let descriptor, !isBorrowed else { return }
        Self.closeNow(descriptor)
    }

    /// Whether ``close()`` was not called.
    public private(set) var isOpen = true

    /// Calls `begin` when it is this one's turn, and `done` with what comes of it when the next has its turn.
    private func inTurn<Value>(
        _ work: FileWork<Value>, _ call: FileCall, _ done: @escaping FileWork<Value>.Done
    ) {
        let begin = {
            self.isBusy = true
            work.begin(call) { [self] result in
                isBusy = false
                advance()
                done(result)
            }
        }
        if isBusy { line.append(begin) } else { begin() }
    }

    /// Begins what is next in line. A loop, since at the program's end each ends inside its beginning.
    private func advance() {
        guard !isAdvancing else { return }
        isAdvancing = true
        while !isBusy, let next = line.popFirst() { next() }
        isAdvancing = false
    }

    /// Work with the descriptor, in its turn; `EBADF` if the file is closed by then.
    func work<Value>(_ call: StaticString, _ work: @escaping (uv_file) -> FileWork<Value>) -> FileWork<Value> {
        FileWork { [self] operation, done in
            let whole = FileWork<Value> { [self] operation, done in
                guard let descriptor else {
                    return operation.fail(LoopError(.badDescriptor, call: "\(call)"), done)
                }
                work(descriptor).begin(operation, done)
            }
            inTurn(whole, operation, done)
        }
    }

    /// The last work; what comes behind it finds the file closed. It is done also by a task that is cancelled.
    var closing: FileWork<Void> {
        FileWork { [self] _, done in
            isOpen = false
            let call = FileCall()
            inTurn(FileWork { [self] call, done in closeInTurn(call, done) }, call, done)
        }
    }

    private func closeInTurn(_ call: FileCall, _ done: @escaping FileWork<Void>.Done) {
        guard let descriptor else { return call.fail(LoopError(.badDescriptor, call: "uv_fs_close"), done) }
        self.descriptor = nil
        if call.loop.isExiting {
            if !isBorrowed { Self.closeNow(descriptor) }
            return done(.success(()))
        }
        if isBorrowed { return call.loop.nextTick { done(.success(())) } }
        FileWork<Void>("uv_fs_close") { uv_fs_close($0, $1, descriptor, $2) }.begin(call, done)
    }

    /// Closes a descriptor and waits for that. See `close(2)`.
    private nonisolated static func closeNow(_ descriptor: uv_file) {
        var request = uv_fs_t()
        uv_fs_close(nil, &request, descriptor, nil)
        uv_fs_req_cleanup(&request)
    }
}
