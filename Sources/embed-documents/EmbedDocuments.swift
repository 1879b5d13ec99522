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
        let output = arguments[1]
        let text = "extension Document {\n\(try arguments.dropFirst(2).map(entry).joined())}\n"
        // What is the same is not written again: all that uses it would be compiled anew.
        if let old = try? String(contentsOfFile: output, encoding: .utf8), old.utf8.elementsEqual(text.utf8) { return }
        try text.write(toFile: output, atomically: true, encoding: .utf8)
    }

    /// `docs/openapi.json` becomes `Document.openapi`.
    private static func entry(_ path: String) throws -> String {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let name = path.split(separator: "/").last?.split(separator: ".").first ?? ""
        return "    static let \(name) = Document(####\"\"\"\n\(text)\n\"\"\"####)\n"
    }
}
