import TaskEngine
import Testing

@testable import TaskService

@Suite("The body that describes a task")
struct TaskBodyTests {
    /// What a body gives: the fields, or the word for its refusal.
    private func read(_ text: String) -> (fields: TaskFields?, refusal: String?) {
        do throws(TaskBodyError) {
            return (try TaskFields(json: Array(text.utf8)), nil)
        } catch {
            switch error {
            case .noJSON: return (nil, "no JSON")
            case .noObject: return (nil, "no object")
            case .refused(let error): return (nil, error.field?.rawValue)
            }
        }
    }

    @Test("Each field is set by its type, names and texts with escapes too")
    func fields() throws {
        let id = "0193b5a0-7c3f-7abc-8def-0123456789ab"
        let text = #"""
            {"\u0074itle":" a\u0062 ","description":"x\n","status":"in-progress","priority":-5,"project":"p",
            "dependencies":["\#(id)","\u0030193b5a0-7c3f-7abc-8def-0123456789ab"],"x":{"title":1}}
            """#
        var expected = TaskFields()
        try expected.set(title: "ab")
        try expected.set(description: "x\n")
        expected.set(status: .inProgress)
        try expected.set(priority: -5)
        try expected.set(project: "p")
        try expected.set(dependencies: [id])
        #expect(read(text).fields == expected)
    }

    @Test(
        "Of a name that comes twice the last counts, right or wrong",
        arguments: [
            (#"{"title":1,"title":"a"}"#, nil), (#"{"title":"a","title":1}"#, "title"),
            (#"{"priority":[],"priority":"7"}"#, nil), (#"{"dependencies":["x"],"dependencies":[]}"#, nil),
            (#"{"dependencies":[],"dependencies":["x"]}"#, "dependencies"), (#"{"project":"a","project":null}"#, nil),
            (#"{"title":1,"title":2,"title":"a","status":"a","status":"failed"}"#, nil),
        ] as [(String, String?)])
    func twice(text: String, refusal: String?) {
        #expect(read(text).refusal == refusal)
    }

    @Test(
        "What is no JSON is told before what is no object, and that before the first wrong field in the contract's order",
        arguments: [
            (#"{"title":1,"#, "no JSON"), (#"[{"title":1}"#, "no JSON"), ("[1]", "no object"), ("null", "no object"),
            (#"{"project":1,"status":"x","title":""}"#, "title"), (#"{"project":1,"status":"x"}"#, "status"),
            (#"{"priority":1.5}"#, "priority"), (#"{"priority":true}"#, "priority"), (#"{"title":null}"#, "title"),
            (#"{"dependencies":"x"}"#, "dependencies"), (#"{"dependencies":[1]}"#, "dependencies"),
            (#"{"dependencies":{}}"#, "dependencies"), (#"{"description":{}}"#, "description"),
            (#"{"Title":1,"titles":1,"statuz":1,"projekt":1}"#, nil),
        ] as [(String, String?)])
    func order(text: String, refusal: String?) {
        #expect(read(text).refusal == refusal)
    }

    @Test("Ids are counted before a repeated one is dropped", arguments: [(1_000, nil), (1_001, "dependencies")])
    func manyIDs(count: Int, refusal: String?) {
        let id = #""0193b5a0-7c3f-7abc-8def-0123456789ab""#
        let list = [String](repeating: id, count: count).joined(separator: ",")
        let outcome = read("{\"dependencies\":[\(list)]}")
        #expect(outcome.refusal == refusal)
        #expect(outcome.fields?.dependencies?.count == (refusal == nil ? 1 : nil))
    }
}
