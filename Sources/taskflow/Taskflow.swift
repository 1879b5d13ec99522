import ArgumentParser
import ProgramMain
import TaskService

/// The program's command line: serving, unless another command is named first.
@main
struct Taskflow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "taskflow",
        abstract: "A real-time task queue server, its workers, and what is to be done with its file.",
        version: "taskflow \(TaskServer.version)",
        subcommands: [
            Serve.self, Enqueue.self, Worker.self, Tasks.self, Export.self, Import.self, Check.self, Backup.self,
        ],
        defaultSubcommand: Serve.self,
        // So `taskflow --help` is that of serving, with all its flags; `taskflow help` lists the commands.
        helpNames: [])

    /// What asks each of the commands for its help.
    static let helpNames: NameSpecification = [.short, .long]

    static func main() { runProgram() }
}
