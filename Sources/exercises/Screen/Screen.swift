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
