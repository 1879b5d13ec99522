/// Colours a program's text: comments, strings and the words that both languages keep to themselves.
enum Highlighter {
    static func highlight(_ text: String) -> String {
        var output = ""
        var rest = text[...]
        while let first = rest.first {
            let (length, colour) = token(at: rest, first)
            let piece = rest.prefix(length)
            output += colour.map { "\u{1b}[\($0)m\(piece)\u{1b}[0m" } ?? String(piece)
            rest = rest.dropFirst(length)
        }
        return output
    }

    /// How long the token is that the text begins with, and its colour.
    private static func token(at text: Substring, _ first: Character) -> (length: Int, colour: Int?) {
        if text.hasPrefix("//") { return (text.prefix { $0 != "\n" }.count, 90) }
        if first == "\"" || first == "'" || first == "`" { return (lengthOfString(text, first), 32) }
        if first.isNumber { return (text.prefix { $0.isNumber || $0 == "." || $0 == "_" }.count, 36) }
        if first.isLetter || first == "_" {
            let word = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            return (word.count, keywords.contains(String(word)) ? 35 : nil)
        }
        return (1, nil)
    }

    private static func lengthOfString(_ text: Substring, _ quote: Character) -> Int {
        var isEscaped = false
        for (index, character) in text.enumerated().dropFirst() {
            if character == quote, !isEscaped { return index + 1 }
            isEscaped = character == "\\" && !isEscaped
        }
        return text.count
    }

    private static let keywords: Set = [
        "async", "await", "break", "case", "catch", "class", "const", "do", "else", "enum", "extension", "final", "for",
        "func", "function", "guard", "if", "import", "in", "init", "let", "new", "private", "return", "self", "static",
        "struct", "switch", "this", "throw", "throws", "try", "var", "weak", "while", "yield",
    ]
}
