import TaskEngine
import Testing
import UVHTTP

@testable import TaskService

@Suite("The parameters of a query")
struct QueryTests {
    @Test(
        "Names and values are decoded, and the first of a name counts",
        arguments: [
            ("a=1", "1"), ("b=2&a=1", "1"), ("a=1&a=2", "1"), ("a", ""), ("a=", ""), ("a=b=c", "b=c"), ("%61=%31", "1"),
            ("a=x+y%2B", "x y+"), ("a=%zz%4", "%zz%4"), ("a=%4", "%4"), ("a=%", "%"), ("", nil), ("A=1", nil),
            ("a%CC%81=1", nil), ("&&a=1&", "1"),
        ] as [(String, String?)])
    func values(text: String, value: String?) {
        #expect(QueryParameters(text)["a"] == value)
    }

    @Test(
        "A parameter that is not known, or comes twice, is refused by name",
        arguments: [
            ("a=1&b=2", nil), ("b=1", nil), ("", nil), ("a=1&c=2", "c"), ("a=1&a=1", "a"), ("b&a&b", "b"), ("=1", ""),
            ("A=1", "A"), ("%61=1&a=2", "a"), ("a%20=1", "a "),
        ] as [(String, String?)])
    func allowed(text: String, refused: String?) {
        do throws(QueryParameters.Invalid) {
            try QueryParameters(text).allow(only: ["a", "b"])
            #expect(refused == nil)
        } catch {
            #expect(error.name == refused)
        }
    }

    @Test("A project is its bytes: the sign of kelvin is no K")
    func project() throws {
        let task = TaskRecord(
            id: TaskID(high: 0, low: 1), title: "t", project: "K", createdAt: Timestamp(milliseconds: 0),
            updatedAt: Timestamp(milliseconds: 0), revision: 1)
        #expect(try TaskFilter(QueryParameters("project=K")).admits(task, in: TaskStore()))
        #expect(try !TaskFilter(QueryParameters("project=%E2%84%AA")).admits(task, in: TaskStore()))
        #expect(try !TaskFilter(QueryParameters("project=k")).admits(task, in: TaskStore()))
    }

    @Test("The next page's query finds the same list, in the same order")
    func link() throws {
        let id = TaskID(high: 1, low: 2)
        let query = try TaskFilter(QueryParameters("limit=3&order=newest&project=a&status=failed")).query(after: id)
        #expect(query == "status=failed&project=a&order=newest&limit=3&after=\(id)")
        #expect(try TaskFilter(QueryParameters(query)).query(after: id) == query)
        #expect(try TaskFilter(QueryParameters("order=oldest")).query(after: id) == "after=\(id)")
        #expect(throws: QueryParameters.Invalid.self) { try TaskFilter(QueryParameters("order=Newest")) }
    }
}
