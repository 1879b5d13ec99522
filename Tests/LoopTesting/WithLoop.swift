public import UVCore

/// Runs a loop program in a test and returns its exit code.
///
/// A process has one loop at a time and tests run side by side, so each waits for its turn without blocking a thread.
/// The loop then runs on the test's own thread: expectations in callbacks count for the test.
public func withLoop(
    clock: LoopClock = .system, _ main: @LoopActor (EventLoop) throws -> Void
) async -> Int32 {
    await withLoopTurn { EventLoop.run(clock: clock, main) }
}

/// Waits until no other test runs a loop, and keeps it so while `body` runs loops of its own, one after another.
///
/// A loop that hangs is ended after two minutes with code 124, so that one fault does not hold up all tests.
public func withLoopTurn<Value, Failure>(_ body: () throws(Failure) -> Value) async throws(Failure) -> Value {
    await LoopTurns.shared.take()
    let watchdog = Task.detached {
        try await Task.sleep(for: .seconds(120))
        EventLoop.execute { EventLoop.current.exit(124) }
    }
    let result = Result { () throws(Failure) in try body() }
    watchdog.cancel()
    await LoopTurns.shared.giveBack()
    return try result.get()
}

/// Waits until no other test runs a loop, and keeps it so while `body` has one run on another thread.
public func withAsyncLoopTurn(_ body: () async throws -> Void) async throws {
    await LoopTurns.shared.take()
    let watchdog = Task.detached {
        try await Task.sleep(for: .seconds(120))
        EventLoop.execute { EventLoop.current.exit(124) }
    }
    let result: Result<Void, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    watchdog.cancel()
    await LoopTurns.shared.giveBack()
    try result.get()
}

private actor LoopTurns {
    static let shared = LoopTurns()

    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func take() async {
        if !isTaken { return isTaken = true }
        await withCheckedContinuation { waiting.append($0) }
    }

    func giveBack() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}

/// What a program says, in order.
@LoopActor
public final class Log {
    public private(set) nonisolated(unsafe) var lines: [String] = []

    public nonisolated init() {}

    public func callAsFunction(_ line: String) { lines.append(line) }
}

/// An error that says where it was thrown.
public struct Thrown: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
