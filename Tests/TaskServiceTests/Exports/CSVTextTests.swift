import Testing

@testable import TaskService

@Suite struct CSVTextTests {
    @Test(
        "What a spreadsheet would take for a formula gets an apostrophe",
        arguments: [
            ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("\ta", "'\ta"), ("\ra", "'\ra"),
            ("a=1", "a=1"), ("'=1", "'=1"), ("", ""), ("\n=1", "'\n=1"), ("\0=1", "'\0=1"), ("\0", "'\0"),
            ("\u{7F}a", "'\u{7F}a"),
            ("\u{9B}a", "'\u{9B}a"), (" =1", "' =1"), (" a", " a"), ("  \t\n@a", "'  \t\n@a"), (" ", " "),
            ("\u{FEFF}=1", "'\u{FEFF}=1"), ("\u{FEFF}a", "\u{FEFF}a"), ("\u{A0}+1", "'\u{A0}+1"),
            ("\u{200B}\u{2060}\u{202E}-1", "'\u{200B}\u{2060}\u{202E}-1"), ("\u{AD}@a", "'\u{AD}@a"),
            ("\u{FF1D}1", "'\u{FF1D}1"), ("\u{FF0B}1", "'\u{FF0B}1"), ("\u{FF0D}1", "'\u{FF0D}1"),
            ("\u{FF20}a", "'\u{FF20}a"), ("\u{FE66}1", "'\u{FE66}1"), ("\u{2212}1", "'\u{2212}1"),
            ("\u{FF21}=", "\u{FF21}="),
            ("1\u{FF1D}", "1\u{FF1D}"), ("é=1", "é=1"), ("1-1", "1-1"),
        ])
    func formulas(text: String, expected: String) {
        var row: [UInt8] = []
        CSVText.appendTyped(text, to: &row)
        #expect(String(decoding: row, as: UTF8.self) == ",\"\(expected)\"")
    }

    @Test("Quotes are doubled, and nothing else is changed")
    func quotes() {
        var row: [UInt8] = []
        CSVText.appendCell("a", isFirst: true, to: &row)
        CSVText.appendCell("say \"hé\",\r\nand go", to: &row)
        CSVText.endRow(&row)
        #expect(String(decoding: row, as: UTF8.self) == "\"a\",\"say \"\"hé\"\",\r\nand go\"\r\n")
    }
}
