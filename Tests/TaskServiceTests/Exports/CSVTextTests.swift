import Testing

@testable import TaskService

@Suite struct CSVTextTests {
    @Test(
        "What a spreadsheet would take for a formula gets an apostrophe",
        arguments: [
            ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("\ta", "'\ta"), ("\ra", "'\ra"),
            ("a=1", "a=1"), (" =1", " =1"), ("'=1", "'=1"), ("", ""), ("\n=1", "\n=1"),
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
