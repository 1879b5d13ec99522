import Foundation
import Testing
import YourTurn

/// An error that knows what no client may learn.
private struct Bug: Error, CustomStringConvertible {
    let description = "the password of db-7 is wrong"
}

@Suite("Chapter 6") struct Chapter06Tests {
    @Test("A task that is not there is 404 TASK_NOT_FOUND")
    func notFound() {
        #expect(
            errorAnswer(to: TaskProblem.notFound(id: 7)) { _ in }
                == ErrorAnswer(status: 404, code: "TASK_NOT_FOUND", message: "There is no task 7."))
    }

    @Test("A value that cannot be is 422 VALIDATION_ERROR, and names its field")
    func invalid() {
        #expect(
            errorAnswer(to: TaskProblem.invalid(field: "priority", message: "it is no number")) { _ in }
                == ErrorAnswer(status: 422, code: "VALIDATION_ERROR", message: "priority: it is no number"))
    }

    @Test("A server that has too much to do is 503 BUSY")
    func busy() {
        #expect(
            errorAnswer(to: TaskProblem.busy) { _ in }
                == ErrorAnswer(status: 503, code: "BUSY", message: "Try again later."))
    }

    @Test("Of an error that is not known the log hears all, and the client nothing")
    func unknown() {
        var logged: [String] = []
        #expect(
            errorAnswer(to: Bug()) { logged.append($0) }
                == ErrorAnswer(status: 500, code: "INTERNAL_ERROR", message: "Something broke."))
        #expect(logged == ["the password of db-7 is wrong"])
    }

    @Test("What is known is not logged: it is no fault of the server")
    func quiet() {
        var logged: [String] = []
        let known: [TaskProblem] = [.notFound(id: 1), .invalid(field: "title", message: "too long"), .busy]
        for problem in known { _ = errorAnswer(to: problem) { logged.append($0) } }
        #expect(logged.isEmpty)
    }

    @Test(
        "The JSON is JSON",
        arguments: ["plain", #"a "quoted" word"#, #"C:\tasks"#, "two\nlines\tand a tab", "\u{1}", "Łódź 🙂"]
    )
    func json(message: String) throws {
        let text = ErrorAnswer(status: 422, code: "VALIDATION_ERROR", message: message).json
        let value = try JSONDecoder().decode([String: [String: String]].self, from: Data(text.utf8))
        #expect(value == ["error": ["code": "VALIDATION_ERROR", "message": message]])
    }
}
