import Foundation
import PackagePlugin

/// Puts the recordings of exercises into the server, whose page plays them: runs `embed-recordings` whenever one of them,
/// or its exercise, has changed.
@main
struct EmbedRecordings: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let root = context.package.directoryURL.appending(path: "Sources/exercises")
        let files = FileManager.default
        let folders = try files.contentsOfDirectory(at: root, includingPropertiesForKeys: nil).filter {
            files.fileExists(atPath: $0.appending(path: "recording.json").path(percentEncoded: false))
        }
        let inputs = try folders.flatMap { try files.contentsOfDirectory(at: $0, includingPropertiesForKeys: nil) }
        let output = context.pluginWorkDirectoryURL.appending(path: "Recording+Texts.swift")
        return [
            .buildCommand(
                displayName: "Embedding the recordings of exercises",
                executable: try context.tool(named: "embed-recordings").url,
                arguments: [root.path(percentEncoded: false), output.path(percentEncoded: false)],
                inputFiles: inputs, outputFiles: [output])
        ]
    }
}
