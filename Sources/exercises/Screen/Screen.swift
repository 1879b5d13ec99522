import UVCore

/// How things look: coloured on a terminal, plain in a pipe or where `NO_COLOR` is set.
struct Screen {
    private let isColoured = StandardStream.output.isTerminal && EventLoop.environment("NO_COLOR") == nil

    /// How many characters fit in a line.
    let width = StandardStream.output.width ?? 120

    func bold(_ text: String) -> String { paint(text, "1") }
    func faint(_ text: String) -> String { paint(text, "2") }
    func red(_ text: String) -> String { paint(text, "31") }
    func green(_ text: String) -> String { paint(text, "32") }

    /// An exercise's text without Markdown's marks: on a terminal code is bold, and what is stressed is slanted.
    func prose(_ text: String) -> String {
        var prose = ""
        for (index, piece) in text.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
            if index.isMultiple(of: 2) {
                prose += slanted(piece)
            } else {
                prose += isColoured ? bold(String(piece)) : "`\(piece)`"
            }
        }
        return prose
    }

    private func slanted(_ text: Substring) -> String {
        text.split(separator: "*", omittingEmptySubsequences: false).enumerated()
            .map { $0.isMultiple(of: 2) ? String($1) : paint(String($1), "3") }.joined()
    }

    /// Prints a program under the name of its file.
    func show(_ source: SourceText, of exercise: Exercise) {
        print("\n" + faint("── \(source.file) " + String(repeating: "─", count: max(0, 60 - source.file.count))) + "\n")
        print(isColoured ? Highlighter.highlight(source.shown) : source.shown, terminator: "")
    }

    private func paint(_ text: String, _ code: String) -> String {
        isColoured ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }
}

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
    func leftPadded(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
