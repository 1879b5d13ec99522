import UVCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// One run of a program.
@LoopActor
final class ProgramRun {
    private let program: Program
    private let loop: EventLoop

    /// What the words of each kind do with their target.
    private var words: [Substring: (Substring) throws -> Void] = [:]

    /// What peers of the program do.
    let turns: Turns

    /// How many lines were said.
    private(set) var lineCount = 0

    /// Whether a step has ended the program: in Node no step follows, here `exit` returns.
    private(set) var hasEnded = false

    private var calls: [Substring: Int] = [:]
    private var dryRounds = 0

    init(_ program: Program, on loop: EventLoop) throws {
        self.program = program
        self.loop = loop
        turns = Turns(on: loop)
        let kinds: [any Vocabulary.Type] = [
            HTTPWords.self, LoopWords.self, PoolWords.self, SocketsWords.self, TaskWords.self,
        ]
        for kind in kinds {
            words.merge(try kind.init(of: self, on: loop).words) { first, _ in first }
        }
    }

    /// Sets the handlers and runs `main`.
    func start() throws {
        if program["uncaught"] != nil { loop.onUncaughtError = { [self] in say("uncaught \($0)") } }
        loop.onBeforeExit = { [self] code in
            say("before-exit \(code)")
            dryRounds += 1
            if dryRounds < 3 { try call("before-exit-\(dryRounds)") }
        }
        loop.onExit = { [self] code in
            say("exit \(code)")
            try call("at-exit")
        }
        try call("main")
    }

    /// Calls `name`: says so, and takes its steps.
    func call(_ name: Substring) throws {
        for step in begin(name) {
            try take(step, of: name)
            if hasEnded { return }
        }
    }

    /// Says that `name` was called, and returns what it does: the first time what the program has for it, later nothing.
    func begin(_ name: Substring) -> [Step] {
        calls[name, default: 0] += 1
        say("\(name) \(count(of: name))")
        return count(of: name) == 1 ? program[name] ?? [] : []
    }

    func take(_ step: Step, of name: Substring) throws {
        switch step.word {
        case "throw": throw Failure(description: "from \(name)")
        case "exit":
            loop.exit(3)
            hasEnded = true
        case "set-exit-code": loop.exitCode = 4
        default:
            guard let word = words[step.word] else { throw Failure(description: "no word \(step.word)") }
            try word(step.target)
        }
    }

    func count(of name: Substring) -> Int { calls[name, default: 0] }

    func letTimePass(milliseconds: UInt32) { usleep(milliseconds * 1_000) }

    func say(_ line: String) {
        lineCount += 1
        StandardStream.output.write(line + "\n")
    }
}

/// What the words of one kind of program do, as the file of that name in `Tests/Peers/programs` has it for Node.
@LoopActor
protocol Vocabulary {
    init(of run: ProgramRun, on loop: EventLoop) throws

    /// What each word does with its target.
    var words: [Substring: (Substring) throws -> Void] { get }
}

struct Failure: Error, CustomStringConvertible {
    let description: String
}
