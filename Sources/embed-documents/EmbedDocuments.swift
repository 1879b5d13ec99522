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
        let source = try arguments.dropFirst(2).map(entry).joined()
        try "extension Document {\n\(source)}\n".write(toFile: arguments[1], atomically: true, encoding: .utf8)
    }

    /// `docs/openapi.json` becomes `Document.openapi`.
    private static func entry(_ path: String) throws -> String {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let name = path.split(separator: "/").last?.split(separator: ".").first ?? ""
        let open = #"    static let \#(name) = Document(tag: "\#(tag(of: text))", text: ####""""#
        return "\(open)\n\(text)\n\"\"\"####)\n"
    }

    /// 64 bits of the text, by FNV-1a: it is another one when the text is.
    private static func tag(of text: String) -> String {
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
