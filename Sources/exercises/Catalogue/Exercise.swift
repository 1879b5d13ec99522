/// A question about the event loop, and two programs that answer it.
struct Exercise: Sendable {
    /// As the exercises are called: `07`, `120`.
    let number: String
    let title: String
    let group: Group
    /// The one idea that it shows.
    let concept: String
    let question: String
    /// Whether the question is in which order the lines come; otherwise it is what they say.
    let asksForOrder: Bool
    /// Why the order is what it is.
    let why: String

    let node: SourceText
    let swift: SourceText

    /// What Node printed, line by line, the last one being the exit code.
    let recorded: [String]

    /// The Swift side; returns its exit code.
    let run: @Sendable () -> Int32
}

/// A program's text and the name of its file.
struct SourceText: Sendable {
    let file: String
    let text: String

    /// What is shown: without the comment that it opens with, which may tell the answer before the guess.
    var shown: String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.drop { $0.hasPrefix("//") }.joined(separator: "\n")
    }
}

extension Exercise {
    /// Reads the four files of a folder; nil if one is missing or its page lacks a part.
    init?(_ folder: ExerciseFolder) {
        func source(_ isRight: (String) -> Bool) -> SourceText? {
            folder.files.first { isRight($0.key) }.map { SourceText(file: $0.key, text: $0.value) }
        }
        guard let page = folder.files["exercise.md"].flatMap(Page.init),
            let node = source({ $0.hasPrefix("program.") }), let swift = source({ $0.hasSuffix(".swift") }),
            let output = folder.files["output.txt"]
        else { return nil }
        number = String(folder.name.prefix { $0 != "_" })
        (title, group, concept, question) = (page.title, page.group, page.concept, page.question)
        (asksForOrder, why) = (page.asksForOrder, page.why)
        (self.node, self.swift, run) = (node, swift, folder.run)
        recorded = output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).droppingEmptyLast()
    }
}

extension [String] {
    /// The lines of a text that ends with a line feed.
    func droppingEmptyLast() -> [String] { last == "" ? dropLast() : self }
}
