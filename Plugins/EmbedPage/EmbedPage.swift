import Foundation
import PackagePlugin

/// Puts the pages into the program: runs `embed-page` whenever one of its files has changed.
@main
struct EmbedPage: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let target = target as? SourceModuleTarget else { return [] }
        let folder = target.directoryURL.appending(path: "Page/Files")
        let files = target.sourceFiles.map(\.url).filter { $0.deletingLastPathComponent().lastPathComponent == "Files" }
        let output = context.pluginWorkDirectoryURL.appending(path: "Page+Text.swift")
        return [
            .buildCommand(
                displayName: "Embedding the pages",
                executable: try context.tool(named: "embed-page").url,
                arguments: [folder.path(percentEncoded: false), output.path(percentEncoded: false)],
                inputFiles: files, outputFiles: [output])
        ]
    }
}
