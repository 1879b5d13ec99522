import LoopTesting
import Testing
import UVCore

@Suite("Errors of the main program and of tasks, and handlers that fail")
struct UncaughtErrorTests {
    @Test("The queues of a main program that throws run before a timer that is due")
    func throwInMain() async {
        let log = Log()
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            loop.onUncaughtError = { log("uncaught \($0)") }
            loop.setTimeout(.milliseconds(1)) { log("timeout") }
            loop.queueMicrotask { log("microtask") }
            loop.nextTick { log("tick") }
            clock.advance(by: .milliseconds(5))
            throw Thrown("from main")
        }
        #expect(log.lines == ["uncaught from main", "tick", "microtask", "timeout"])
    }

    @Test("Errors of tasks are reported when both queues are empty, in the order they were thrown")
    func throwInTasks() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.onUncaughtError = { error in
                log("uncaught \(error)")
                loop.nextTick { log("tick of the handler") }
                if "\(error)" == "first" { loop.spawn { throw Thrown("third") } }
            }
            loop.setImmediate {
                loop.spawn {
                    await loop.nextTurn()
                    throw Thrown("second")
                }
                loop.spawn { throw Thrown("first") }
                loop.queueMicrotask { loop.nextTick { log("tick of a microtask") } }
            }
            loop.setImmediate { log("immediate") }
        }
        #expect(
            log.lines == [
                "tick of a microtask", "uncaught first", "uncaught second", "tick of the handler",
                "tick of the handler",
                "uncaught third", "tick of the handler", "immediate",
            ])
    }

    @Test("A tick that throws leaves the errors of tasks to the next callback that ends well")
    func throwInTickBeforeTaskError() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.onUncaughtError = { log("uncaught \($0)") }
            loop.setImmediate {
                loop.nextTick { loop.queueMicrotask { log("microtask") } }
                loop.nextTick { throw Thrown("tick") }
                loop.spawn { throw Thrown("task") }
            }
            loop.setImmediate { log("next immediate") }
        }
        #expect(log.lines == ["uncaught tick", "next immediate", "microtask", "uncaught task"])
    }

    @Test("An error that the handler throws ends the program with code 7, without onExit", arguments: Place.allCases)
    func throwInHandler(place: Place) async {
        let log = Log()
        let code = await withLoop { loop in
            loop.onUncaughtError = { throw $0 }
            loop.onExit = { log("exit \($0)") }
            loop.exitCode = 3
            try place.fail(Thrown("again"), on: loop)
        }
        #expect(log.lines.isEmpty && code == 7)
    }

    @Test("An onExit that throws, with a handler that throws, makes the code 7, whatever it was")
    func throwInHandlerAtExit() async {
        for end in [nil, 2] as [Int32?] {
            let code = await withLoop { loop in
                loop.onUncaughtError = { throw $0 }
                loop.onExit = { _ in throw Thrown("at the end") }
                loop.setImmediate { if let end { loop.exit(end) } }
            }
            #expect(code == 7)
        }
    }

    @Test("A microtask of onExit runs, unless onExit calls exit or throws", arguments: ["returns", "exits", "throws"])
    func microtaskOfExit(how: String) async {
        let log = Log()
        let code = await withLoop { loop in
            loop.onUncaughtError = { _ in }
            loop.onExit = { _ in
                loop.queueMicrotask { log("microtask") }
                loop.nextTick { log("tick") }
                if how == "throws" { throw Thrown("at the end") }
                if how == "exits" {
                    loop.exit(3)
                    loop.exit(4)
                }
            }
        }
        #expect(log.lines == (how == "returns" ? ["microtask"] : []))
        #expect(code == (how == "exits" ? 3 : 0))
    }

    @Test("What the last microtasks throw is reported, what their tasks throw after them")
    func throwAtTheEnd() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.onUncaughtError = { log("uncaught \($0)") }
            loop.onExit = { _ in
                loop.spawn { throw Thrown("task") }
                loop.queueMicrotask { throw Thrown("microtask") }
                loop.queueMicrotask { log("second microtask") }
            }
        }
        #expect(log.lines == ["uncaught microtask", "second microtask", "uncaught task"])
    }
}

/// Where an error comes from.
enum Place: CaseIterable {
    case main, tick, microtask, task, timeout, immediate, file, beforeExit

    @LoopActor
    func fail(_ error: Thrown, on loop: EventLoop) throws {
        switch self {
        case .main: throw error
        case .tick: loop.nextTick { throw error }
        case .microtask: loop.queueMicrotask { throw error }
        case .task: loop.spawn { throw error }
        case .timeout: loop.setTimeout(.milliseconds(1)) { throw error }
        case .immediate: loop.setImmediate { throw error }
        case .file: FileSystem.stat("/") { _ in throw error }
        case .beforeExit: loop.onBeforeExit = { _ in throw error }
        }
    }
}
