import Embedding

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Writes the texts of documents as one Swift file: `embed-documents OUTPUT DOCUMENT.json …`. Run by the build.
@main
enum EmbedDocuments {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 2 else { fatalError("usage: embed-documents OUTPUT DOCUMENT.json ...") }
        try write("extension Document {\n\(try arguments.dropFirst(2).map(entry).joined())}\n", to: arguments[1])
    }

    /// `docs/openapi.json` becomes `Document.openapi`.
    private static func entry(_ path: String) throws -> String {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let name = path.split(separator: "/").last?.split(separator: ".").first ?? ""
        return "    static let \(name) = Document(####\"\"\"\n\(text)\n\"\"\"####)\n"
    }
}
