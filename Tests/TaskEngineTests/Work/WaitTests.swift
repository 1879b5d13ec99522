import Testing

@testable import TaskEngine

@Suite("A task that waits for a time and for a dependency")
struct WaitTests {
    private final class Scene {
        var queue = TestQueue()
        var clock = QueueClock()
        private var heard = 0
        private var time: QueueClock.Time {
            QueueClock.Time(steady: queue.clock * 1_000_000, wall: Timestamp(milliseconds: queue.clock))
        }

        /// Task 1, and behind it task 2, which waits five seconds from second 1 on besides.
        init(isInstant: Bool) throws {
            try queue.add(1)
            try queue.add(2) {
                try $0.set(dependencies: [TaskID.test(1)])
                if isInstant {
                    try $0.set(runAt: Timestamp(milliseconds: 6_000), now: Timestamp(milliseconds: 1_000))
                } else {
                    try $0.set(delay: 5)
                }
            }
            hear()
        }

        /// Lets the clock hear of what has happened since.
        private func hear() {
            for case .updated(let task, _, _) in queue.log.dropFirst(heard).map(\.change) { clock.hear(task, at: time) }
            for case .created(let task) in queue.log.dropFirst(heard).map(\.change) { clock.hear(task, at: time) }
            heard = queue.log.count
        }

        func goOn(to milliseconds: Int64) {
            queue.clock = milliseconds
            for (_, command) in clock.takeDue(at: time, limit: 9) { queue.work(command) }
            hear()
        }

        func run(_ commands: WorkCommand...) {
            for command in commands { queue.work(command) }
            hear()
        }

        /// Completes what task 2 needs, and tells it.
        func completeFirst() throws {
            run(.complete(.test(1), fence: try queue.fence(), result: nil), .settle(limit: 9))
        }
    }

    @Test(
        "The dependency done first, it is ready when its time has come, as if it had waited for that alone",
        arguments: [true, false])
    func dependencyFirst(isInstant: Bool) throws {
        let scene = try Scene(isInstant: isInstant)
        scene.goOn(to: 4_000)
        try scene.completeFirst()
        #expect(try scene.queue.state(2) == .scheduled && scene.queue.causes.last == .ready)
        scene.goOn(to: 5_999)
        #expect(try scene.queue.state(2) == .scheduled)
        scene.goOn(to: 6_000)
        #expect(try scene.queue.state(2) == .ready && scene.queue.causes.suffix(2) == [.ready, .ready])
        #expect(try scene.queue.task(2).since.at == 6_000)
    }

    @Test("Its time come first, it is ready when the dependency is done", arguments: [true, false])
    func timeFirst(isInstant: Bool) throws {
        let scene = try Scene(isInstant: isInstant)
        scene.goOn(to: 6_000)
        #expect(try scene.queue.state(2) == .waiting && scene.queue.workState(2).due == nil)
        #expect(scene.queue.causes.isEmpty, "it has only the dependency to wait for now")
        scene.goOn(to: 9_000)
        try scene.completeFirst()
        #expect(try scene.queue.state(2) == .ready && scene.queue.task(2).since.at == 9_000)
    }

    @Test(
        "Given another dependency meanwhile, and freed of it, it is ready when its time has come",
        arguments: [true, false])
    func otherDependency(isInstant: Bool) throws {
        let scene = try Scene(isInstant: isInstant)
        scene.goOn(to: 3_000)
        try scene.queue.patch(2) { try $0.set(dependencies: [TaskID]()) }
        scene.run()
        scene.goOn(to: 4_000)
        try scene.queue.patch(2) { try $0.set(dependencies: [TaskID.test(1)]) }
        scene.run()
        scene.goOn(to: 5_000)
        try scene.completeFirst()
        scene.goOn(to: 6_000)
        #expect(try scene.queue.state(2) == .ready)
    }

    @Test("What its time was asked for, and the dependency done in between, wakes it all the same")
    func between() throws {
        let scene = try Scene(isInstant: false)
        scene.queue.clock = 6_000
        let due = scene.clock.takeDue(
            at: QueueClock.Time(steady: 6_000_000_000, wall: Timestamp(milliseconds: 6_000)), limit: 9)
        try scene.completeFirst()
        for (_, command) in due { scene.run(command) }
        #expect(try scene.queue.state(2) == .ready)
    }
}
