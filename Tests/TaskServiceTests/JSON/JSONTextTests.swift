import TaskEngine
import Testing

@testable import TaskService

@Suite("Writing JSON")
struct JSONTextTests {
    private func written(_ body: (inout JSONText) -> Void) -> String {
        String(decoding: JSONText.object(body), as: UTF8.self)
    }

    @Test("Members and elements have commas between them, and none in front or behind")
    func commas() {
        #expect(written { _ in } == "{}")
        let text = written { json in
            json.member("a", 1)
            json.array("b") { array in
                array.element("x")
                array.object { $0.member("c", true) }
                array.element("y")
            }
            json.member("d") { _ in }
            json.array("e") { _ in }
            json.member(named: "f\"", "g")
            json.member(named: "h", -7)
            json.member("i", String?.none)
        }
        #expect(text == #"{"a":1,"b":["x",{"c":true},"y"],"d":{},"e":[],"f\"":"g","h":-7,"i":null}"#)
    }

    @Test("What stands for itself is written as it is, at any place and of any length, and the rest is escaped")
    func strings() {
        for length in 0..<20 {
            let plain = String(repeating: "a", count: length)
            #expect(written { $0.member("a", plain + "é😀\u{7F}") } == "{\"a\":\"\(plain)é😀\u{7F}\"}")
            for (character, escape) in [
                ("\"", "\\\""), ("\\", "\\\\"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"), ("\u{0}", "\\u0000"),
                ("\u{1B}", "\\u001b"), ("\u{1F}", "\\u001f"), (" ", " "), ("!", "!"), ("#", "#"), ("[", "["),
                ("]", "]"),
            ] {
                let text = written { $0.member("a", plain + character + plain + character) }
                #expect(text == "{\"a\":\"\(plain)\(escape)\(plain)\(escape)\"}")
            }
        }
    }

    @Test(
        "A whole number has its digits and no more",
        arguments: [
            0, 7, 9, 10, 99, 100, 1_234_567, 999_999_999_999_999_999, 1_000_000_000_000_000_000, .max, .min, -1,
        ])
    func integers(number: Int) {
        #expect(written { $0.member("n", number) } == "{\"n\":\(number)}")
    }

    @Test("A number that JSON has no name for is null", arguments: [(1.5, "1.5"), (.infinity, "null"), (.nan, "null")])
    func doubles(number: Double, text: String) {
        #expect(written { $0.member("n", number) } == "{\"n\":\(text)}")
    }

    @Test("A task is written as docs/api.md says")
    func task() throws {
        let id = try #require(TaskID("0193b5a0-7c3f-7abc-8def-0123456789ab"))
        let time = Timestamp(milliseconds: 1_767_323_045_678)
        let task = TaskRecord(
            id: id, title: "a\"b", dependencies: [id, id], project: "p", createdAt: time, updatedAt: time, revision: 3)
        var json = JSONText()
        json.task(task)
        #expect(
            String(decoding: json.bytes, as: UTF8.self) == """
                {"id":"\(id)","title":"a\\"b","description":"","status":"pending","priority":1,\
                "dependencies":["\(id)","\(id)"],"project":"p","createdAt":"2026-01-02T03:04:05.678Z",\
                "updatedAt":"2026-01-02T03:04:05.678Z"}
                """)
    }
}
