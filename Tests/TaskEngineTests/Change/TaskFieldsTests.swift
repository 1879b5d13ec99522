import Testing

@testable import TaskEngine

@Suite("Field rules")
struct TaskFieldsTests {
    @Test("A title has 1 to 500 scalars", arguments: [("a", true), ("", false)])
    func titleLeast(title: String, isAccepted: Bool) {
        #expect(accepts(.title) { fields throws(TaskError) in try fields.set(title: title) } == isAccepted)
    }

    @Test("A title's limit counts scalars, not characters or bytes", arguments: ["a", "é", "e\u{301}", "👩‍👩‍👧"])
    func titleLimit(unit: String) {
        let scalars = unit.unicodeScalars.count
        let longest = String(repeating: unit, count: 500 / scalars) + String(repeating: "x", count: 500 % scalars)
        #expect(accepts(.title) { fields throws(TaskError) in try fields.set(title: longest) })
        #expect(!accepts(.title) { fields throws(TaskError) in try fields.set(title: longest + "x") })
    }

    @Test(
        "Trimming takes what JavaScript's trim takes, at the ends alone",
        arguments: [
            (" a b ", "a b"), ("\t\n\u{B}\u{C}\r a", "a"), ("a\u{A0}\u{1680}\u{2000}\u{200A}", "a"),
            ("\u{2028}\u{2029}\u{202F}\u{205F}\u{3000}\u{FEFF}a", "a"), ("\u{85}a\u{200B}", "\u{85}a\u{200B}"),
        ])
    func trimming(given: String, kept: String) throws {
        var fields = TaskFields()
        try fields.set(title: given)
        #expect(fields.title.map { Array($0.utf8) } == Array(kept.utf8))
    }

    @Test("A title of spaces is empty; spaces do not count to its limit")
    func titleSpaces() {
        #expect(!accepts(.title) { fields throws(TaskError) in try fields.set(title: " \t\n") })
        let padded = "  " + String(repeating: "a", count: 500) + "  "
        #expect(accepts(.title) { fields throws(TaskError) in try fields.set(title: padded) })
    }

    @Test(
        "A description has at most 10,000 scalars, and is kept as it is", arguments: [(10_000, true), (10_001, false)])
    func description(count: Int, isAccepted: Bool) throws {
        let text = " " + String(repeating: "é", count: count - 1)
        #expect(accepts(.description) { fields throws(TaskError) in try fields.set(description: text) } == isAccepted)
        var fields = TaskFields()
        try fields.set(description: " a ")
        #expect(fields.description == " a ")
    }

    @Test(
        "A status is one of four words",
        arguments: [
            ("pending", TaskStatus.pending), ("in-progress", .inProgress), ("completed", .completed),
            ("failed", .failed),
            ("Pending", nil), ("inProgress", nil), ("", nil), ("done", nil),
        ])
    func status(text: String, status: TaskStatus?) {
        var fields = TaskFields()
        try? fields.set(status: text)
        #expect(fields.status == status)
        #expect(accepts(.status) { fields throws(TaskError) in try fields.set(status: text) } == (status != nil))
    }

    @Test(
        "A priority reaches from -1,000,000 to 1,000,000",
        arguments: [
            (1_000_000, true), (1_000_001, false), (-1_000_000, true), (-1_000_001, false), (0, true), (.max, false),
        ])
    func priority(number: Int, isAccepted: Bool) {
        #expect(accepts(.priority) { fields throws(TaskError) in try fields.set(priority: number) } == isAccepted)
        let text = String(number)
        #expect(accepts(.priority) { fields throws(TaskError) in try fields.set(priority: text) } == isAccepted)
        let double = Double(number)
        #expect(accepts(.priority) { fields throws(TaskError) in try fields.set(priority: double) } == isAccepted)
    }

    @Test(
        "A priority with a fraction counts only if the fraction is nothing",
        arguments: [
            (5.0, 5), (-0.0, 0), (5.5, nil), (.nan, nil), (.infinity, nil), (1e300, nil), (-1e6, -1_000_000),
        ] as [(Double, Int?)])
    func fraction(number: Double, priority: Int?) {
        var fields = TaskFields()
        try? fields.set(priority: number)
        #expect(fields.priority == priority)
    }

    @Test(
        "A priority in a string is an integer and nothing else",
        arguments: [
            ("5", 5), ("-5", -5), ("+5", 5), ("007", 7), ("", nil), ("5.0", nil), (" 5", nil), ("5a", nil),
            ("0x5", nil),
            ("99999999999999999999", nil), ("٥", nil),
        ])
    func priorityText(text: String, priority: Int?) {
        var fields = TaskFields()
        try? fields.set(priority: text)
        #expect(fields.priority == priority)
    }

    @Test("At most 1,000 dependencies are given", arguments: [(1000, true), (1001, false)])
    func dependencyCount(count: Int, isAccepted: Bool) {
        let texts = (0..<count).map { TaskID.test($0).description }
        #expect(
            accepts(.dependencies) { fields throws(TaskError) in try fields.set(dependencies: texts) } == isAccepted)
    }

    @Test("A dependency is a UUID of any version, one given twice is kept where it first stood")
    func dependencies() throws {
        let random = "F47AC10B-58CC-4372-A567-0E02B2C3D479"
        var fields = TaskFields()
        try fields.set(dependencies: [random, TaskID.test(1).description, random.lowercased()])
        #expect(fields.dependencies?.map(\.description) == [random.lowercased(), TaskID.test(1).description])
        #expect(!accepts(.dependencies) { fields throws(TaskError) in try fields.set(dependencies: [random, "1"]) })
    }

    @Test(
        "A project is 1 to 64 of A–Z a–z 0–9 . _ -",
        arguments: [
            ("a", true), ("", false), (String(repeating: "z", count: 64), true),
            (String(repeating: "z", count: 65), false),
            ("AZaz09._-", true), ("a b", false), ("a/b", false), ("é", false), ("a\n", false), ("[", false),
            ("`", false),
            ("{", false), ("@", false), (":", false), ("/", false), (",", false),
        ])
    func project(name: String, isAccepted: Bool) {
        #expect(accepts(.project) { fields throws(TaskError) in try fields.set(project: name) } == isAccepted)
    }

    @Test("No project is a value too, other than none given")
    func noProject() throws {
        var fields = TaskFields()
        #expect(fields.project == .none)
        try fields.set(project: nil)
        #expect(fields.project == .some(nil))
    }

    @Test("An error has the code of the contract and names the field")
    func errors() {
        #expect(TaskError.invalidField(.priority).code == "VALIDATION_ERROR")
        #expect(TaskError.invalidField(.priority).field == .priority)
        #expect(TaskError.invalidField(.priority).message == "priority must be an integer from -1000000 to 1000000")
        #expect(TaskError.missingField(.title).code == "MISSING_REQUIRED_FIELD")
        #expect(TaskError.missingField(.title).message == "title is required")
        #expect(TaskError.taskNotFound(.test(1)).code == "TASK_NOT_FOUND")
        #expect(TaskError.preconditionFailed(.test(1)).code == "PRECONDITION_FAILED")
        #expect(TaskError.preconditionFailed(.test(1)).field == nil)
    }

    /// Whether `set` succeeds; if not, it must be for `field`.
    private func accepts(_ field: TaskField, _ set: (inout TaskFields) throws(TaskError) -> Void) -> Bool {
        var fields = TaskFields()
        do throws(TaskError) {
            try set(&fields)
            return true
        } catch {
            #expect(error == .invalidField(field))
            #expect(fields == TaskFields())
            return false
        }
    }
}
