import Testing

@testable import TaskService

@Suite("The trace that a request belongs to")
struct TraceParentTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let parent = "00f067aa0ba902b7"

    private func read(_ text: String) -> TraceParent? { TraceParent(text.utf8Span.span.bytes) }

    @Test(
        "The first version, and a later one with more behind it",
        arguments: [
            "00-\(trace)-\(parent)-01", "00-\(trace)-\(parent)-00", "00-\(trace)-\(parent)-ff",
            "cc-\(trace)-\(parent)-01", "01-\(trace)-\(parent)-01-more", "fe-\(trace)-\(parent)-09-",
        ])
    func valid(text: String) throws {
        let found = try #require(read(text))
        #expect(found.trace == Self.trace && found.parent == Self.parent && found.text == String(text.prefix(55)))
        #expect(RequestID.isAllowed(found.text))
    }

    @Test(
        "Anything else is as if it were not there",
        arguments: [
            "", "00", "00-\(trace)-\(parent)", "00-\(trace)-\(parent)-", "00-\(trace)-\(parent)-1",
            "00-\(trace)-\(parent)-01-more", "00-\(trace)-\(parent)-01 ", " 00-\(trace)-\(parent)-01",
            "00-\(trace)-\(parent)-0101", "01-\(trace)-\(parent)-01.more", "ff-\(trace)-\(parent)-01",
            "0-\(trace)-\(parent)-01", "00_\(trace)-\(parent)-01", "00-\(trace)_\(parent)-01",
            "00-\(trace)-\(parent)_01",
            "00-00000000000000000000000000000000-\(parent)-01", "00-\(trace)-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-\(parent)-01", "00-\(trace)-00F067AA0BA902B7-01",
            "00-\(trace)-\(parent)-0A", "0G-\(trace)-\(parent)-01", "00-4bf92f3577b34da6a3ce929d0e0e473g-\(parent)-01",
            "00-\(trace)-\(parent)-01, 00-\(trace)-\(parent)-01",
        ])
    func malformed(text: String) { #expect(read(text) == nil) }
}
