import Embedding

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Writes the texts of all exercises as one Swift file: `embed-exercises FOLDER OUTPUT`. Run by the build.
@main
enum EmbedExercises {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else { fatalError("usage: embed-exercises FOLDER OUTPUT") }
        let source = try folders(in: arguments[1]).map { try entry($0, in: arguments[1]) }.joined()
        let text = "extension Catalogue {\n    static let folders: [ExerciseFolder] = [\n\(source)    ]\n}\n"
        try write(text, to: arguments[2])
    }

    private static func folders(in root: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root).filter { $0.wholeMatch(of: /\d\d\d?_.+/) != nil }
            .sorted { (number(of: $0), $0) < (number(of: $1), $1) }
    }

    private static func number(of folder: String) -> Int { Int(folder.prefix { $0 != "_" }) ?? 0 }

    private static func entry(_ folder: String, in root: String) throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")
        // The recording is for the server's page; this program makes it.
        let files = names.filter { $0 != "recording.json" }.sorted()
        let texts = try files.map { file in
            let text = try String(contentsOfFile: "\(root)/\(folder)/\(file)", encoding: .utf8)
            return "\"\(file)\": ####\"\"\"\n\(text)\n\"\"\"####,\n"
        }
        return "ExerciseFolder(name: \"\(folder)\", run: \(functionName(of: folder)), files: [\n\(texts.joined())]),\n"
    }

    /// The function that an exercise's Swift side is: `basicPhases` for `01_basic_phases`.
    private static func functionName(of folder: String) -> String {
        let words = folder.split(separator: "_").dropFirst()
        return words.enumerated().map { $0 == 0 ? String($1) : $1.prefix(1).uppercased() + $1.dropFirst() }.joined()
    }
}
