import Testing

@testable import TaskService

@Suite("The file .env")
struct EnvironmentFileTests {
    @Test(
        "A line is a setting as a shell reads it",
        arguments: [
            ("A=b", "b"), ("export A=b", "b"), ("A=\"b c\"", "b c"), ("A='b # c'", "b # c"),
            ("A=b # why", "b"), ("A=b#c", "b#c"), ("A=\"b\" # why", "b"), ("A=", ""), ("A=''", ""), ("A=b=c", "b=c"),
            ("  A=b\r", "b"), ("A=#c", ""), ("A=1\nA=b", "b"), ("# A=c\n\nA=b", "b"),
        ])
    func settings(text: String, value: String) {
        let file = EnvironmentFile(Array(text.utf8))
        #expect(file.values == ["A": value])
        #expect(file.badLines.isEmpty)
    }

    @Test(
        "A line that says nothing is counted",
        arguments: [
            "A", "A b", "A = b", "=b", "1A=b", "A-B=c", "A=\"b", "A='b\" ", "A=\"b\"c", "é=b", "export", "A B=c",
        ])
    func badLines(text: String) {
        let file = EnvironmentFile(Array("X=1\n\(text)\nY=2\n".utf8))
        #expect(file.badLines == [2])
        #expect(file.values == ["X": "1", "Y": "2"])
    }

    @Test("Bytes that are no text harm nobody")
    func noise() {
        #expect(EnvironmentFile([0xFF, 0xFE, 0x00]).badLines == [1])
        #expect(EnvironmentFile([]).values.isEmpty)
    }
}
