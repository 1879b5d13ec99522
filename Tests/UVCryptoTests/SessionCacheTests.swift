import Testing

@testable import UVCrypto

@Suite("Which session a client resumes")
struct SessionCacheTests {
    private typealias Sessions = SessionCache<Int>

    private func server(_ name: String, _ port: Int = 443) -> Sessions.Server {
        Sessions.Server(name: Array(name.utf8), place: .port(port))
    }

    @Test("The last one of the server, once; one that is for more uses stays")
    func uses() {
        var sessions = Sessions()
        sessions.keep(1, of: server("a"), until: 10, isForOneUse: false)
        sessions.keep(2, of: server("a"), until: 10, isForOneUse: true)
        #expect((0..<3).map { _ in sessions.take(of: server("a"), at: 0) } == [2, 1, 1])
    }

    @Test("Another name or port is another server", arguments: [("b", 443), ("a", 444), ("A", 443), ("", 443)])
    func servers(name: String, port: Int) {
        var sessions = Sessions()
        sessions.keep(1, of: server("a"), until: 10, isForOneUse: true)
        #expect(sessions.take(of: server(name, port), at: 0) == nil)
        #expect(sessions.take(of: server("a"), at: 0) == 1)
    }

    @Test("Names that are equal as text and differ in their bytes are two")
    func bytes() {
        var sessions = Sessions()
        sessions.keep(1, of: server("\u{E9}"), until: 10, isForOneUse: true)
        #expect(sessions.take(of: server("e\u{301}"), at: 0) == nil)
    }

    @Test("None whose time is over", arguments: [(9, 1), (10, nil)])
    func ages(now: Int, expected: Int?) {
        var sessions = Sessions()
        sessions.keep(1, of: server("a"), until: 10, isForOneUse: true)
        #expect(sessions.take(of: server("a"), at: now) == expected)
        #expect(sessions.count == 0)
    }

    @Test("Two of a server are kept, and a hundred in all: the oldest goes first")
    func bounds() {
        var sessions = Sessions()
        for number in 1...3 { sessions.keep(number, of: server("a"), until: 10, isForOneUse: true) }
        #expect(sessions.count == 2)
        for port in 1...98 { sessions.keep(port, of: server("b", port), until: 10, isForOneUse: true) }
        #expect(sessions.count == 100)
        sessions.keep(0, of: server("c"), until: 10, isForOneUse: true)
        #expect(sessions.count == 100)
        #expect((0..<2).map { _ in sessions.take(of: server("a"), at: 0) } == [3, nil], "2 had to go")
    }
}
