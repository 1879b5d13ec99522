import ArgumentParser
import UVCore

/// Runs a small program of callbacks on the loop and prints a line for each call, as `Tests/Peers/programs/run.js` does in
/// Node. `Tests/Peers/test_loop_programs.py` makes the programs and compares.
@main
struct LoopPrograms: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "LoopPrograms", abstract: "Runs a program of callbacks on the event loop.")

    @Argument(help: "The program: for each callback a line such as 'main: tick 1, timeout 2'.")
    var program: Program

    func run() throws {
        let code = EventLoop.run { loop in try ProgramRun(program, on: loop).start() }
        throw ExitCode(code)
    }
}

extension Program: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}
