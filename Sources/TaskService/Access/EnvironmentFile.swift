/// A file of settings, `.env`: a line each, as a shell would read it but for its expansions.
///
/// ```
/// # who may do what
/// ADMIN_TOKEN=ab12…
/// export USER_TOKEN="cd34…"   # quotes and a comment behind a space are taken off
/// ```
///
/// Only a space and a tab are white space, so that a value with another one is no token. The mark U+FEFF, which editors
/// of Windows write first, is skipped.
struct EnvironmentFile: Hashable {
    struct Setting: Hashable {
        let name: [UInt8]
        let value: [UInt8]
        /// The number of its line, from 1.
        let line: Int
    }

    /// A file that cannot be understood. It never tells what stands there: that may be a mistyped token or a password.
    enum Unreadable: Error, Hashable {
        /// The line of that number, from 1, is no setting, no comment and not empty.
        case line(Int, Mistake)
        /// The file is UTF-16, as some editors save it.
        case utf16
    }

    /// What is wrong with a line.
    enum Mistake: Error, Hashable {
        /// There is a space in front of the `=`.
        case space
        /// A quote has no end on its line, or there is something behind it.
        case quote
        case other
    }

    private(set) var settings: [Setting] = []

    init() {}

    /// - Complexity: O(length of the file).
    init(_ bytes: [UInt8]) throws(Unreadable) {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { throw .utf16 }
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        var number = 0
        for line in Self.lines(of: bytes.dropFirst(hasMark ? 3 : 0)) {
            number += 1
            let line = Self.trimmed(line)
            if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
            do throws(Mistake) {
                let (name, value) = try Self.setting(in: line)
                settings.append(Setting(name: name, value: value, line: number))
            } catch {
                throw .line(number, error)
            }
        }
    }

    /// The settings whose name was set before, each with the line that did it last.
    ///
    /// - Complexity: O(settings).
    var repetitions: [(setting: Setting, before: Int)] {
        var lines: [[UInt8]: Int] = [:]
        return settings.compactMap { setting in
            let before = lines.updateValue(setting.line, forKey: setting.name)
            return before.map { (setting, $0) }
        }
    }

    /// The value of that name, the last one where there are several; nil for none.
    func value(of name: String) -> [UInt8]? {
        settings.last { $0.name.elementsEqual(name.utf8) }?.value
    }

    /// Lines end with LF, CR, or both.
    private static func lines(of bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        for part in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let line = part.last == UInt8(ascii: "\r") ? part.dropLast() : part
            lines += line.split(separator: UInt8(ascii: "\r"), omittingEmptySubsequences: false)
        }
        return lines
    }

    private static func setting(
        in line: ArraySlice<UInt8>
    ) throws(Mistake) -> (name: [UInt8], value: [UInt8]) {
        var line = line
        let rest = line.dropFirst(6)
        if line.starts(with: "export".utf8), rest.first.map(isSpace) == true { line = trimmed(rest) }
        let parts = line.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw .other }
        guard isName(parts[0]) else { throw isName(trimmed(parts[0])) ? .space : .other }
        guard let value = value(of: trimmed(parts[1])) else { throw .quote }
        guard !holdsAnotherSetting(value) else { throw .other }
        return (Array(parts[0]), value)
    }

    /// The text in quotes, or up to a comment; nil where the quotes are not closed.
    private static func value(of text: ArraySlice<UInt8>) -> [UInt8]? {
        guard let quote = text.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            let comment = text.indices.first {
                text[$0] == UInt8(ascii: "#") && ($0 == text.startIndex || isSpace(text[$0 - 1]))
            }
            return Array(trimmed(text[..<(comment ?? text.endIndex)]))
        }
        let rest = text.dropFirst()
        guard let end = rest.firstIndex(of: quote) else { return nil }
        let behind = trimmed(rest[(end + 1)...])
        return behind.isEmpty || behind.first == UInt8(ascii: "#") ? Array(rest[..<end]) : nil
    }

    /// Whether a value reaches over what the writer took for its end: there is a control character in it, or a line
    /// separator of Unicode, or the name of one of our settings with its `=`.
    private static func holdsAnotherSetting(_ value: [UInt8]) -> Bool {
        let ends: [[UInt8]] = [[0xC2, 0x85], [0xE2, 0x80, 0xA8], [0xE2, 0x80, 0xA9]]
        let names = SettingName.allCases.map { Array("\($0.text)=".utf8) }
        return value.contains { $0 < 0x20 && $0 != UInt8(ascii: "\t") || $0 == 0x7F }
            || (ends + names).contains { part in
                value.indices.contains { value[$0...].starts(with: part) }
            }
    }

    private static func isName(_ text: ArraySlice<UInt8>) -> Bool {
        guard let first = text.first, !isDigit(first) else { return false }
        return text.allSatisfy { byte in
            byte == UInt8(ascii: "_") || isDigit(byte) || (byte | 0x20) &- UInt8(ascii: "a") < 26
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = text.drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return rest
    }
}
