import Embedding

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Writes the recordings of exercises as one Swift file: `embed-recordings FOLDER OUTPUT`. Run by the build.
///
/// A recording is JSON, to which the texts of its exercise are added: what it asks, the Swift program, and why the order is
/// what it is.
@main
enum EmbedRecordings {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else { fatalError("usage: embed-recordings FOLDER OUTPUT") }
        let folders = try FileManager.default.contentsOfDirectory(atPath: arguments[1])
            .filter { FileManager.default.fileExists(atPath: "\(arguments[1])/\($0)/recording.json") }
        let entries = try folders.map { try Entry(of: $0, in: "\(arguments[1])/\($0)") }
            .sorted { ($0.number.count, $0.number) < ($1.number.count, $1.number) }
        let list = try entries.map { try $0.heading() }.joined(separator: ",\n")
        let all = try entries.map { "Recording(number: \"\($0.number)\", document: \(document(try $0.whole()))),\n" }
        let source = """
            extension Recording {
                static let list = \(document("[\(list)]"))
                static let all = [
            \(all.joined())    ]
            }

            """
        try write(source, to: arguments[2])
    }

    private static func document(_ text: String) -> String { "Document(####\"\"\"\n\(text)\n\"\"\"####)" }
}

/// An exercise that has a recording.
private struct Entry {
    private struct Heading: Encodable {
        let number, title, group: String
    }

    private struct Texts: Encodable {
        let number, title, group, question, why, file, program: String
    }

    private let texts: Texts
    /// An object of JSON, as `exercises record` prints it.
    private let recording: String

    var number: String { texts.number }

    init(of name: String, in folder: String) throws {
        func text(_ file: String) throws -> String {
            var text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            while text.hasSuffix("\n") { text.removeLast() }
            return text
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        let page = try text("exercise.md").wholeMatch(
            of: /# (.+)\n\nGroup: (.+)\n(?:.+\n)*Question: (.+)\n(?:.+\n)*\n((?:.|\n)+)/)
        guard let file = files.first(where: { $0.hasSuffix(".swift") }), let page else {
            fatalError("\(name) is not a whole exercise")
        }
        texts = Texts(
            number: String(name.prefix { $0 != "_" }), title: String(page.1), group: String(page.2),
            question: String(page.3), why: String(page.4), file: file, program: try text(file))
        recording = try text("recording.json")
    }

    /// What the list has of it.
    func heading() throws -> String {
        try encoded(Heading(number: texts.number, title: texts.title, group: texts.group))
    }

    func whole() throws -> String { try encoded(texts).dropLast() + ",\n" + recording.dropFirst() }

    private func encoded(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
