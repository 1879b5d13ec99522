import LoopTesting
import Testing
import UVCore

@Suite("Tasks that were not made by spawn, and tasks that the loop does not wait for")
struct LoopTasksTests {
    @Test("A Task goes on after whatever it awaits of the loop", arguments: Wait.allCases)
    func plainTask(wait: Wait) async {
        let log = Log()
        let code = await withLoop { loop in
            loop.onWarning = { log("\($0)") }
            Task {
                try await wait.perform(on: loop)
                LoopActor.assertIsolated()
                log("once")
                try await wait.perform(on: loop)
                log("twice")
            }
        }
        #expect(log.lines == ["once", "twice"] && code == 0)
    }

    @Test("A Task sees that its sleep was cancelled")
    func cancelledSleep() async {
        let log = Log()
        _ = await withLoop(clock: .manual(ManualClock())) { loop in
            let task = Task {
                do { try await loop.sleep(.seconds(3_600)) } catch { log("\(type(of: error))") }
            }
            loop.setImmediate { task.cancel() }
        }
        #expect(log.lines == ["CancellationError"])
    }

    @Test("The loop says so when it ends before a task does", arguments: [false, true])
    func unfinished(isSpawned: Bool) async {
        let log = Log()
        _ = await withLoop { loop in
            loop.onWarning = { log($0.name) }
            loop.onBeforeExit = { _ in log("before exit") }
            loop.onExit = { _ in log("exit") }
            let wait: @LoopActor () async throws -> Void = { try await Task.sleep(for: .seconds(3_600)) }
            if isSpawned { loop.spawn(wait) } else { Task { try await wait() } }
        }
        #expect(log.lines == ["before exit", "UnfinishedTaskWarning", "exit"])
    }

    @Test("A task of the main actor does not run while the loop has the main thread, which is told at its end")
    func mainActor() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            await MainActor.run {
                nonisolated(unsafe) var hasRun = false
                let code = EventLoop.run { loop in
                    Task { @MainActor in hasRun = true }
                    loop.setTimeout(.milliseconds(20)) {}
                }
                #expect(code == 0 && !hasRun)
            }
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("UnfinishedTaskWarning") && text.contains("A task of the main actor never runs"))
    }

    @Test("It says nothing when all tasks have ended, when a task is detached, and at exit")
    func finished() async {
        let log = Log()
        for end in ["by itself", "by exit"] {
            _ = await withLoop { loop in
                loop.onWarning = { log($0.name) }
                let kept = loop.spawn {}
                Task { try await loop.sleep(.milliseconds(1)) }
                let detached = Task.detached { try await Task.sleep(for: .seconds(3_600)) }
                loop.onExit = { _ in
                    detached.cancel()
                    kept.cancel()
                }
                guard end == "by exit" else { return }
                Task { try await Task.sleep(for: .seconds(3_600)) }
                loop.setImmediate { loop.exit() }
            }
        }
        #expect(log.lines.isEmpty)
    }
}

/// What can be awaited of the loop.
enum Wait: CaseIterable {
    case sleep, turn, check, name, address, file, content, job, child

    @LoopActor
    func perform(on loop: EventLoop) async throws {
        switch self {
        case .sleep: try await loop.sleep(.milliseconds(1))
        case .turn: await loop.nextTurn()
        case .check: await loop.nextCheck()
        case .name: _ = try await DNS.lookup("localhost")
        case .address: _ = try await DNS.lookup("127.0.0.1")
        case .file: _ = try await FileSystem.stat("/")
        case .content: _ = try await FileSystem.readFile("/dev/null")
        case .job: try await loop.workers.run { _ in }
        case .child: _ = try await ChildProcess.run("true")
        }
    }
}
