import Testing

@testable import TaskEngine

@Suite struct RequestNameTests {
    private static let id = TaskID(high: 0x01a2_09dd_0976_7000, low: 0x8509_0c6d_51d6_4e6a)

    @Test("The text of an id is kept as the id, and is its text again")
    func made() {
        let name = RequestName(Self.id.description)
        #expect(name == RequestName(Self.id) && name.id == Self.id)
        #expect(name.text == Self.id.description)
        #expect(name.memory == 0)
    }

    @Test(
        "Any other text is kept as it is",
        arguments: [
            "", "r", "import", "01A209DD-0976-7000-8509-0c6d51d64e6a", "01a209dd-0976-7000-8509-0c6d51d64e6A",
            "01a209dd-0976-7000-8509-0c6d51d64e6", "01a209dd-0976-7000-8509-0c6d51d64e6aa",
            "01a209dd_0976-7000-8509-0c6d51d64e6a", "01a209dd-0976-7000-8509-0c6d51d64e6g",
        ])
    func given(text: String) {
        let name = RequestName(text)
        #expect(name.id == nil && name.text == text)
        #expect(name != RequestName(Self.id) && name == RequestName(text))
        #expect(Set([name, RequestName(Self.id), RequestName(text)]).count == 2)
    }

    @Test("Texts are compared as bytes")
    func bytes() {
        #expect(RequestName("\u{E9}") != RequestName("e\u{301}"))
        let name = RequestName(utf8: "a.b".utf8Span.span.bytes)
        #expect(name == "a.b")
        #expect(RequestName("\(Self.id)") == RequestName(Self.id))
    }
}
