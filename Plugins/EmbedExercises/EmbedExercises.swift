import Foundation
import PackagePlugin

/// Puts the texts of the exercises into the program: runs `embed-exercises` whenever one of them has changed.
@main
struct EmbedExercises: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let target = target as? SourceModuleTarget else { return [] }
        let files = target.sourceFiles.map(\.url).filter { $0.deletingLastPathComponent().isExercise }
        let output = context.pluginWorkDirectoryURL.appending(path: "Catalogue+Texts.swift")
        return [
            .buildCommand(
                displayName: "Embedding the exercises",
                executable: try context.tool(named: "embed-exercises").url,
                arguments: [target.directoryURL.path(percentEncoded: false), output.path(percentEncoded: false)],
                inputFiles: files, outputFiles: [output])
        ]
    }
}

extension URL {
    /// An exercise is a folder whose name begins with two or three digits and an underscore.
    fileprivate var isExercise: Bool { lastPathComponent.wholeMatch(of: /\d\d\d?_.+/) != nil }
}
