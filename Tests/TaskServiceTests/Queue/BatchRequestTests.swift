import TaskEngine
import Testing

@testable import TaskService

@Suite("A batch of tasks")
struct BatchRequestTests {
    private func ids() -> () -> TaskID {
        var count: UInt64 = 0
        return {
            count += 1
            return TaskID(high: 7 << 12, low: count)
        }
    }

    private func read(_ text: String) throws -> BatchRequest { try BatchRequest(json: Array(text.utf8)) }

    @Test("A task that needs another comes behind it, also one that stands in front; the others stay in their order")
    func order() throws {
        let batch = try read(
            """
            {"tasks":[{"title":"d","dependencies":["#b","#c"]},{"title":"b","ref":"b","dependencies":["#a"]},
                {"title":"e"},{"title":"c","ref":"c","dependencies":["#a"]},{"title":"a","ref":"a"}]}
            """)
        let (actions, places) = try batch.actions(ids())
        let made = actions.map { action -> (String, [UInt64]) in
            guard case .create(_, let fields) = action else { return ("", []) }
            return (fields.title ?? "", (fields.dependencies ?? []).map(\.low))
        }
        #expect(made.map(\.0) == ["e", "a", "b", "c", "d"])
        #expect(made.map(\.1) == [[], [], [2], [2], [3, 4]])
        #expect(places == [4, 2, 0, 3, 1])
    }

    @Test(
        "A circle is told by the names of its tasks, the first also last",
        arguments: [
            (##"{"tasks":[{"title":"a","ref":"a","dependencies":["#a"]}]}"##, ["#a", "#a"]),
            (
                ##"{"tasks":[{"title":"x","dependencies":["#a"]},{"title":"a","ref":"a","dependencies":["#b"]},"##
                    + ##"{"title":"b","ref":"b","dependencies":["#a"]}]}"##, ["#a", "#b", "#a"]
            ),
        ])
    func circle(text: String, path: [String]) throws {
        let batch = try read(text)
        do throws(BatchRequest.Circle) {
            _ = try batch.actions(ids())
            Issue.record("there is an order")
        } catch {
            #expect(error.path == path)
        }
    }

    @Test(
        "What is wrong is told with the task's place",
        arguments: [
            (#"{"tasks":[{"title":"a"},{"title":"b","priority":"x"}]}"#, "priority", 1),
            (#"{"tasks":[{"title":"a"},{"description":"b"}]}"#, "title", 1),
            (#"{"tasks":[{"title":"a","ref":"r"},{"title":"b","ref":"r"}]}"#, "ref", 1),
            (##"{"tasks":[{"title":"a","dependencies":["#r"]}]}"##, "dependencies", 0),
            (#"{"tasks":[{"title":"a"},7]}"#, "tasks", 1),
            (#"{"tasks":[]}"#, "tasks", nil), (#"{}"#, "tasks", nil), (#"{"tasks":{}}"#, "tasks", nil),
        ] as [(String, String, Int?)])
    func faults(text: String, field: String, index: Int?) {
        do {
            _ = try BatchRequest(json: Array(text.utf8))
            Issue.record("it is read")
        } catch {
            switch error {
            case .fault(let fault): #expect(fault.field == field && fault.index == index)
            case .refused(let error, let place): #expect(error.field?.rawValue == field && place == index)
            default: Issue.record("\(error)")
            }
        }
    }

    @Test("1,000 tasks are taken and no more")
    func limit() throws {
        let tasks = Array(repeating: #"{"title":"a"}"#, count: BatchRequest.limit).joined(separator: ",")
        #expect(try read(#"{"tasks":[\#(tasks)]}"#).items.count == 1_000)
        #expect(throws: BodyError.self) { try read(#"{"tasks":[\#(tasks),{"title":"a"}]}"#) }
    }

    @Test("A task whose type stands in place of a title is one")
    func type() throws { #expect(try read(#"{"tasks":[{"type":"mail"}]}"#).items.count == 1) }
}
