import TaskEngine
import Testing

@testable import TaskService

@Suite("Entity tags")
struct EntityTagsTests {
    @Test(
        "If-Match counts strong tags of ours alone",
        arguments: [
            ("\"7\"", [7]), ("\"7\", \"8\"", [7, 8]), ("\"7\",\t\"x\" ", [7]), ("W/\"7\"", []), ("7", []),
            ("", []), ("\"\"", []), ("\"07\"", []), ("\"+7\"", []), ("\"-1\"", []), ("\"99999999999999999999\"", []),
            ("\"7", []), ("\"a,7\"", []), ("\"a,\",\"7\"", [7]), (",, \"7\" ,", [7]), ("\"7\"\"8\"", []),
            ("\"8\" \"7\"", []), ("\"8\", x, \"7\"", [8]), ("*, \"7\"", []), ("\"0\"", [0]),
        ] as [(String, [Int])])
    func strongly(value: String, revisions: [Int]) {
        #expect(EntityTags(value).strongly == .listed(revisions))
    }

    @Test("A star names every state, alone")
    func star() {
        #expect(EntityTags("*").strongly == .every)
        #expect(EntityTags("*").weakly == .every)
        #expect(EntityTags("**").weakly == .listed([]))
        #expect(EntityTags("*, *").weakly == .listed([]))
    }

    @Test(
        "If-None-Match counts weak tags too",
        arguments: [
            ("*", true), ("\"7\"", true), ("W/\"7\"", true), ("w/\"7\"", false), ("\"8\"", false), ("7", false),
            ("W/\"8\", \"x\", W/\"7\"", true), ("W/ \"7\"", false),
        ])
    func weakly(value: String, isContained: Bool) {
        #expect(EntityTags(value).weakly.contains(7) == isContained)
    }

    @Test("A tag that was given is known again", arguments: [0, 1, 12_345, Int.max])
    func roundTrip(revision: Int) {
        #expect(EntityTags(EntityTags.tag(of: revision)).strongly == .listed([revision]))
    }

    @Test(
        "A tag of another form is found among those of a field",
        arguments: [
            ("\"ab\"", true, true), ("W/\"ab\"", true, false), ("*", true, true), ("\"x\", \"ab\"", true, true),
            ("\"abc\"", false, false), ("ab", false, false), ("\"x\" \"ab\"", false, false), ("", false, false),
        ])
    func otherForm(value: String, weakly: Bool, strongly: Bool) {
        #expect(EntityTags.name("ab", in: value, weakly: true) == weakly)
        #expect(EntityTags.name("ab", in: value, weakly: false) == strongly)
    }
}
