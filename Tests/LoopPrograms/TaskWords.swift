import UVCore

/// What a task does, and what it awaits.
@LoopActor
struct TaskWords: Vocabulary {
    let run: ProgramRun
    let loop: EventLoop

    init(of run: ProgramRun, on loop: EventLoop) {
        (self.run, self.loop) = (run, loop)
    }

    var words: [Substring: (Substring) throws -> Void] {
        let (run, loop) = (run, loop)
        return [
            "task": { target in
                loop.spawn {
                    for step in run.begin(target) {
                        if step.word == "await" {
                            try await wait(for: step.target)
                        } else {
                            try run.take(step, of: target)
                        }
                        if run.hasEnded { return }
                    }
                }
            }
        ]
    }

    private func wait(for what: Substring) async throws {
        switch what {
        case "turn": await loop.nextTurn()
        case "check": await loop.nextCheck()
        case "timeout":
            letTimePass(milliseconds: 3)
            try await loop.sleep(.milliseconds(1))
        case "number": _ = try await DNS.lookup("127.0.0.1")
        case "stat":
            letTimePass(milliseconds: 50)
            _ = try await FileSystem.stat("/")
        case "job":
            letTimePass(milliseconds: 50)
            try await loop.workers.run { _ in }
        default: throw Failure(description: "nothing to await: \(what)")
        }
    }

    /// In a microtask, as soon as what is awaited was asked for: when the loop looks next, it has come.
    private func letTimePass(milliseconds: UInt32) {
        loop.queueMicrotask { run.letTimePass(milliseconds: milliseconds) }
    }
}
