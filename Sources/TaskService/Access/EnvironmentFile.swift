/// A file of settings, `.env`: a line each, as a shell would read it but for its expansions.
///
/// ```
/// # who may do what
/// ADMIN_TOKEN=ab12…
/// export USER_TOKEN="cd34…"   # quotes and a comment behind a space are taken off
/// ```
struct EnvironmentFile: Hashable {
    /// Of two values of one name the last.
    private(set) var values: [String: String] = [:]

    /// The numbers of the lines that say nothing, from 1. Never what stands there: it may be a mistyped token.
    private(set) var badLines: [Int] = []

    init(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let line = Self.trimmed(line)
            if line.isEmpty || line.hasPrefix("#") { continue }
            if let (name, value) = Self.setting(in: line) {
                values[name] = value
            } else {
                badLines.append(index + 1)
            }
        }
    }

    private static func setting(in line: Substring) -> (name: String, value: String)? {
        let line = line.hasPrefix("export ") ? trimmed(line.dropFirst(7)) : line
        let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, isName(parts[0]), let value = value(of: trimmed(parts[1])) else { return nil }
        return (String(parts[0]), value)
    }

    /// The text in quotes, or up to a comment; nil where the quotes are not closed.
    private static func value(of text: Substring) -> String? {
        guard let quote = text.first, quote == "\"" || quote == "'" else {
            let comment = text.indices.first {
                text[$0] == "#" && ($0 == text.startIndex || text[text.index(before: $0)].isWhitespace)
            }
            return String(trimmed(text[..<(comment ?? text.endIndex)]))
        }
        let rest = text.dropFirst()
        guard let end = rest.firstIndex(of: quote) else { return nil }
        let behind = trimmed(rest[end...].dropFirst())
        return behind.isEmpty || behind.hasPrefix("#") ? String(rest[..<end]) : nil
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.first, !first.isNumber else { return false }
        return text.allSatisfy { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var rest = text.drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }
}
