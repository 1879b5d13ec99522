import UVCore

/// Node 20 on this machine.
@LoopActor
final class Node {
    private let folder: ProgramFolder

    private init(_ folder: ProgramFolder) { self.folder = folder }

    /// Looks whether `node --version` says v20; nil if not.
    ///
    /// - Throws: ``Failure``, where there is no room for a program.
    static func find(on loop: EventLoop) async throws -> Node? {
        let outcome = try? await ChildProcess.run(
            "node", ["--version"], environment: SideEnvironment.variables, timeout: .seconds(10))
        guard let outcome, String(decoding: outcome.output, as: UTF8.self).hasPrefix("v20.") else { return nil }
        return Node(try ProgramFolder(on: loop))
    }

    /// What the exercise's Node side prints, and its exit code.
    func lines(of exercise: Exercise) async throws -> [String] {
        let program = try folder.add(exercise)
        return await Exercise.lines(of: "node", [program], in: folder.path)
    }

    /// Runs the exercise's Node side, with this program's own output. Returns its exit code.
    nonisolated static func runHere(_ exercise: Exercise) -> Int32 {
        EventLoop.run { loop in
            try loop.endPlainly()
            let folder = try ProgramFolder(on: loop)
            ChildProcess.run(
                "node", [try folder.add(exercise)], environment: SideEnvironment.variables, folder: folder.path,
                collecting: false
            ) { result in
                switch result {
                case .success(let outcome): loop.exitCode = outcome.exitCode
                case .failure(let error): throw Failure("cannot run node: \(error.message)")
                }
            }
        }
    }
}

extension EventLoop {
    /// Sees to the end of this program. An error ends it with one line and code 1; ctrl-C, `kill` and a terminal that is
    /// closed end it as a shell expects it, and what the loop has started ends with it.
    func endPlainly() throws {
        onUncaughtError = { [unowned self] error in
            StandardStream.error.write("exercises: \(error)\n")
            exit(1)
        }
        // Under `nohup` the terminal's end is not this program's, and a shell's background jobs do not mind ctrl-C.
        for signal in [Signal.interrupt, .terminate, .hangUp] where !signal.isIgnored {
            try SignalWatcher(signal) { [unowned self] in exit(128 + signal.rawValue) }
        }
    }
}
