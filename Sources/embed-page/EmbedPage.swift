import Embedding

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Writes the server's pages as one Swift file: `embed-page FOLDER OUTPUT`. Run by the build.
///
/// A page is a file such as `board.html`, which becomes `Page.board`. The text of a file is put where `@include NAME` ends a
/// line. In a part of HTML that shows code, `@escape NAME` does so with the characters written that HTML would take for its
/// own. The page is cut where `NONCE` stands, which each answer has another in place of.
@main
enum EmbedPage {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else { fatalError("usage: embed-page FOLDER OUTPUT") }
        let pages = try FileManager.default.contentsOfDirectory(atPath: arguments[1]).filter { $0.hasSuffix(".html") }
        let members = try pages.sorted().map { try member($0, in: arguments[1]) }
        try write("extension Page {\n\(members.joined(separator: "\n"))}\n", to: arguments[2])
    }

    private static func member(_ file: String, in folder: String) throws -> String {
        let lines = try text(file, in: folder).split(separator: "\n", omittingEmptySubsequences: false)
        let page = try lines.map { try joined(String($0), in: folder) }.joined(separator: "\n")
        let texts = page.split(separator: "NONCE", omittingEmptySubsequences: false)
        let pieces = texts.map { "####\"\"\"\n\($0)\n\"\"\"####,\n" }
        return "    static let \(file.dropLast(5)) = Page(pieces: [\n\(pieces.joined())    ])\n"
    }

    private static func joined(_ line: String, in folder: String) throws -> String {
        guard let mark = line.firstMatch(of: /@(include|escape) ([a-z]+\.[a-z]+)$/) else { return line }
        var text = try text(String(mark.2), in: folder)
        while text.hasSuffix("\n") { text.removeLast() }
        return line[..<mark.range.lowerBound] + (mark.1 == "escape" ? escaped(text) : text)
    }

    private static func escaped(_ text: String) -> String {
        text.map { ["&": "&amp;", "<": "&lt;", ">": "&gt;"][$0] ?? String($0) }.joined()
    }

    private static func text(_ name: String, in folder: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }
}
