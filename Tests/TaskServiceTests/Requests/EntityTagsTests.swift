import Testing

@testable import TaskService

@Suite("Entity tags")
struct EntityTagsTests {
    @Test(
        "If-Match counts strong tags of ours alone",
        arguments: [
            ("*", nil), ("\"7\"", [7]), ("\"7\", \"8\"", [7, 8]), ("\"7\",\t\"x\" ", [7]), ("W/\"7\"", []), ("7", []),
            ("", []), ("\"\"", []), ("\"07\"", []), ("\"+7\"", []), ("\"-1\"", [-1]), ("\"99999999999999999999\"", []),
            ("\"7", []), ("\"a,7\"", []),
        ] as [(String, [Int]?)])
    func expected(value: String, revisions: [Int]?) {
        #expect(EntityTags(value).expected == revisions)
    }

    @Test(
        "If-None-Match counts weak tags too",
        arguments: [
            ("*", true), ("\"7\"", true), ("W/\"7\"", true), ("w/\"7\"", false), ("\"8\"", false), ("7", false),
        ])
    func contains(value: String, isContained: Bool) {
        #expect(EntityTags(value).contains(7) == isContained)
    }

    @Test("A tag that was given is known again", arguments: [0, 1, 12_345, Int.max])
    func roundTrip(revision: Int) {
        #expect(EntityTags(EntityTags.tag(of: revision)).expected == [revision])
    }
}
