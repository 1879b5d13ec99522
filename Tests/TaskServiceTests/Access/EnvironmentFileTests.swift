import Testing

@testable import TaskService

@Suite("The file .env")
struct EnvironmentFileTests {
    private func text(_ name: String, in file: EnvironmentFile) -> String? {
        file.value(of: name).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "A line is a setting as a shell reads it",
        arguments: [
            ("A=b", "b"), ("export A=b", "b"), ("export\tA=b", "b"), ("A=\"b c\"", "b c"), ("A='b # c'", "b # c"),
            ("A=b # why", "b"), ("A=b#c", "b#c"), ("A=\"b\" # why", "b"), ("A=", ""), ("A=''", ""), ("A=b=c", "b=c"),
            ("  A=b\r", "b"), ("A=#c", ""), ("A=1\nA=b", "b"), ("# A=c\n\nA=b", "b"), ("A=1\rA=b\r", "b"),
            ("A=1\r\nA=b\r\n", "b"), ("\u{FEFF}A=b", "b"), ("\u{FEFF}export A=b", "b"), ("\u{FEFF}# c\nA=b", "b"),
        ])
    func settings(text: String, value: String) throws {
        #expect(self.text("A", in: try EnvironmentFile(Array(text.utf8))) == value)
    }

    @Test(
        "White space that is neither space nor tab belongs to the value",
        arguments: ["\u{A0}b", "b\u{A0}", "\u{3000}b", "\u{FEFF}b", "“b”"])
    func foreignSpace(value: String) throws {
        let file = try EnvironmentFile(Array("A= \(value)\t\n".utf8))
        #expect(file.value(of: "A") == Array(value.utf8))
        #expect(AccessToken(value) == nil)
    }

    @Test(
        "A line that cannot be read is named by its number",
        arguments: [
            "A=b\u{2028}", "A=b\u{85}C=d", "A=b\u{0B}", "A=1 ADMIN_TOKEN=b", "A=1;USER_TOKEN=b", "A=1,WORKER_TOKEN=b",
            "A=1 TASKFLOW_STORE=memory",
            "A", "A b", "A = b", "=b", "1A=b", "A-B=c", "A=\"b", "A='b\" ", "A=\"b\"c", "é=b", "export", "A B=c",
            "exportA", "A: b", "$A=b", "\u{A0}A=b", "\u{FEFF}A=b", "A\u{0}=b", "“A”=b", "set A=b",
        ])
    func badLines(text: String) {
        let error = #expect(throws: EnvironmentFile.Unreadable.self) {
            try EnvironmentFile(Array("X=1\n\(text)\nY=2\n".utf8))
        }
        guard case .line(let number, _) = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(number == 2)
    }

    @Test(
        "What is wrong with a line is told where it is one of the usual mistakes",
        arguments: [
            ("A = b", .space), ("A =b", .space), ("export A\t=b", .space), ("A=\"b", .quote), ("A='b\"", .quote),
            ("A=\"b\"c", .quote), ("A", .other), ("A: b", .other), ("A B = c", .other), ("=b", .other),
        ] as [(String, EnvironmentFile.Mistake)])
    func mistakes(text: String, mistake: EnvironmentFile.Mistake) {
        #expect(throws: EnvironmentFile.Unreadable.line(1, mistake)) { try EnvironmentFile(Array(text.utf8)) }
    }

    @Test("A name that is set again is told with both lines, and another one is not")
    func repetitions() throws {
        let file = try EnvironmentFile(Array("A=1\nB=2\n# A=3\nA=4\n\nA=5\na=6\n".utf8))
        #expect(file.repetitions.map(\.setting.line) == [4, 6])
        #expect(file.repetitions.map(\.before) == [1, 4])
    }

    @Test("UTF-16 is told from other noise, and nothing is a file without settings")
    func noise() throws {
        #expect(throws: EnvironmentFile.Unreadable.utf16) { try EnvironmentFile([0xFF, 0xFE, 0x41, 0x00]) }
        #expect(throws: EnvironmentFile.Unreadable.utf16) { try EnvironmentFile([0xFE, 0xFF, 0x00, 0x41]) }
        #expect(throws: EnvironmentFile.Unreadable.line(1, .other)) { try EnvironmentFile([0x41, 0x00, 0x3D, 0x00]) }
        for bytes in [[], [0xEF, 0xBB, 0xBF], [0x0A]] as [[UInt8]] {
            #expect(try EnvironmentFile(bytes).settings.isEmpty)
        }
    }

    @Test(
        "A name that was taken for ADMIN_TOKEN is told from any other",
        arguments: [
            ("admin_token", true), ("Admin_Token", true), ("ADMINTOKEN", true), ("adminToken", true),
            ("ADMIN__TOKEN", true), ("ADMIN_TOKN", true), ("ADMIN_TOKENS", true), ("ADMIM_TOKEN", true),
            ("ADMIN_TOEKN", true), ("DMIN_TOKEN", true), ("ADMIN_TOKEN_OLD", false), ("ADMIN_TOK", false),
            ("USER_TOKEN", false), ("ADMIN", false), ("TOKEN", false), ("GITHUB_TOKEN", false), ("", false),
            ("NIMDA_NEKOT", false), ("ADMIN_PASSWORD", false),
        ])
    func nearNames(name: String, isNear: Bool) {
        #expect(SettingName.adminToken.isNearly(name.utf8) == isNear)
    }
}
