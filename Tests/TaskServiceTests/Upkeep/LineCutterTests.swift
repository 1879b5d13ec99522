import Testing

@testable import TaskService

@Suite("Lines that come in pieces")
struct LineCutterTests {
    private func lines(_ text: String, piece: Int) throws -> [String] {
        var cutter = LineCutter()
        var lines: [LineCutter.Line] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: piece) {
            cutter.append(Array(bytes[start..<min(start + piece, bytes.count)]))
            while let line = try cutter.next() { lines.append(line) }
        }
        if let line = cutter.last() { lines.append(line) }
        #expect(lines.map(\.number) == lines.indices.map { $0 + 1 })
        return lines.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test("Lines are the same wherever the pieces are cut", arguments: 1..<12)
    func pieces(piece: Int) throws {
        #expect(try lines("one\ntwo\r\n\nfour\n", piece: piece) == ["one", "two\r", "", "four"])
        #expect(try lines("one\nlast", piece: piece) == ["one", "last"])
        #expect(try lines("", piece: piece) == [])
        #expect(try lines("\n", piece: piece) == [""])
    }

    @Test("A line of as many bytes as a body may have is read, and one of a byte more is not, whether it ends or not")
    func limit() throws {
        let longest = String(repeating: "x", count: LineCutter.limit)
        #expect(try lines("a\n\(longest)\nb", piece: 65_536) == ["a", longest, "b"])
        for end in ["\nb", ""] {
            #expect(throws: LineCutter.TooLong(number: 2)) { try lines("a\n\(longest)x\(end)", piece: 65_536) }
        }
    }

    @Test(
        "What is blank in JSON is a blank line",
        arguments: [("", true), (" \t\r", true), ("\u{a0}", false), ("{}", false)])
    func blank(text: String, isBlank: Bool) {
        #expect(LineCutter.Line(number: 1, bytes: Array(text.utf8)).isBlank == isBlank)
    }
}
