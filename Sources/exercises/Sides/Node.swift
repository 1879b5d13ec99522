import UVCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Node 20 on this machine.
@LoopActor
final class Node {
    private init() {}

    /// Looks whether `node --version` says v20.
    static func find() async -> Node? {
        guard let outcome = try? await ChildProcess.run("node", ["--version"], timeout: .seconds(10)) else {
            return nil
        }
        return String(decoding: outcome.output, as: UTF8.self).hasPrefix("v20.") ? Node() : nil
    }

    /// What the exercise's Node side prints, and its exit code.
    func lines(of exercise: Exercise) async throws -> [String] {
        let folder = try ProgramFolder(exercise)
        defer { folder.remove() }
        return try await ChildProcess.run("node", [folder.program], timeout: Exercise.timeout).lines
    }

    /// Runs the exercise's Node side, with this program's own output. Returns its exit code.
    nonisolated static func runHere(_ exercise: Exercise) throws -> Int32 {
        let folder = try ProgramFolder(exercise)
        defer { folder.remove() }
        return EventLoop.run { loop in
            ChildProcess.run("node", [folder.program], collecting: false) { result in
                switch result {
                case .success(let outcome): loop.exitCode = outcome.exitCode
                case .failure(let error):
                    StandardStream.error.write("exercises: cannot run node: \(error.message)\n")
                    loop.exitCode = 1
                }
            }
        }
    }
}

/// A folder of its own, for as long as Node needs the program as a file.
private struct ProgramFolder {
    private let path: String
    let program: String

    init(_ exercise: Exercise) throws {
        path = FileManager.default.temporaryDirectory.path() + "exercise-\(UUID().uuidString)"
        program = "\(path)/\(exercise.node.file)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try exercise.node.text.write(toFile: program, atomically: false, encoding: .utf8)
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
