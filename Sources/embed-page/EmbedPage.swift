#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Writes the page at `/` as one Swift file: `embed-page FOLDER OUTPUT`. Run by the build.
///
/// It begins with `page.html`, and puts the text of a file where `@include NAME` ends a line. In a part of HTML that shows
/// code, `@escape NAME` does so with the characters written that HTML would take for its own. The page is cut where `NONCE`
/// stands, which each answer has another in place of.
@main
enum EmbedPage {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else { fatalError("usage: embed-page FOLDER OUTPUT") }
        let lines = try text("page.html", in: arguments[1]).split(separator: "\n", omittingEmptySubsequences: false)
        let page = try lines.map { try joined(String($0), in: arguments[1]) }.joined(separator: "\n")
        let texts = page.split(separator: "NONCE", omittingEmptySubsequences: false)
        let pieces = texts.map { "####\"\"\"\n\($0)\n\"\"\"####,\n" }
        try "extension Page {\n    static let pieces: [String] = [\n\(pieces.joined())    ]\n}\n"
            .write(toFile: arguments[2], atomically: true, encoding: .utf8)
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
