import UVCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A folder of this run's own, for as long as Node needs programs as files. It goes when the loop ends, however it ends.
@LoopActor
final class ProgramFolder {
    let path: String

    /// - Throws: ``Failure``, where no folder can be made.
    init(on loop: EventLoop) throws {
        let parent = Self.temporaryFolder
        path = "\(parent)/exercises-\(UUID().uuidString)"
        loop.onExit = { [path] _ in try? FileManager.default.removeItem(atPath: path) }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            // Node looks for this file upwards from a program. One in a parent folder must not make a module of it.
            try "{}\n".write(toFile: "\(path)/package.json", atomically: false, encoding: .utf8)
        } catch {
            throw Failure("cannot make a folder in \(parent); TMPDIR can name another place")
        }
    }

    /// Puts the exercise's program there, and returns its path.
    func add(_ exercise: Exercise) throws -> String {
        let program = "\(path)/\(exercise.node.file)"
        do {
            try exercise.node.text.write(toFile: program, atomically: false, encoding: .utf8)
        } catch {
            throw Failure("cannot write \(program)")
        }
        return program
    }

    /// `TMPDIR` as it is, spaces and all, made absolute; `/tmp` where it says nothing.
    private static var temporaryFolder: String {
        guard let name = EventLoop.environment("TMPDIR"), !name.isEmpty else { return "/tmp" }
        return name.hasPrefix("/") ? name : "\(FileManager.default.currentDirectoryPath)/\(name)"
    }
}
