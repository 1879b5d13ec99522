import Foundation
import PackagePlugin

/// Puts the descriptions of the server's interface into the program: runs `embed-documents` whenever one of them has
/// changed.
@main
struct EmbedDocuments: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let folder = context.package.directoryURL.appending(path: "docs")
        let files = ["openapi.json", "asyncapi.json"].map { folder.appending(path: $0) }
        let output = context.pluginWorkDirectoryURL.appending(path: "Document+Texts.swift")
        return [
            .buildCommand(
                displayName: "Embedding the descriptions of the interface",
                executable: try context.tool(named: "embed-documents").url,
                arguments: [output.path(percentEncoded: false)] + files.map { $0.path(percentEncoded: false) },
                inputFiles: files, outputFiles: [output])
        ]
    }
}
