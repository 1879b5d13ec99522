import Testing

@testable import UVHTTP

@Suite struct RouteTableTests {
    /// What a path leads to, and its first named segment.
    private func match(_ path: String, _ routes: String...) -> [String] {
        var table = RouteTable<String>()
        for route in routes { table.insert(route, .get, RoutePath(route)) }
        guard case .found(let route, let named) = table.match(.get, path.utf8.span.bytes) else { return [] }
        return [route, String(decoding: Array(path.utf8)[named], as: UTF8.self)]
    }

    @Test("The first named segment is where the route that was found has it")
    func named() {
        #expect(match("/tasks", "/tasks") == ["/tasks", ""])
        #expect(match("/tasks/1", "/tasks/:id") == ["/tasks/:id", "1"])
        #expect(match("/t%61sks/%31/x", "/tasks/:id/x") == ["/tasks/:id/x", "%31"])
        #expect(match("/a/b/c", "/:one/b/:two") == ["/:one/b/:two", "a"])
        #expect(match("/a/b/c", "/a/*") == ["/a/*", "b"])
        #expect(match("/a/b/c", "/:one/*") == ["/:one/*", "a"])
        #expect(match("/a/", "/a/:id") == [])
    }

    @Test("A way that led nowhere leaves no segment behind")
    func dead() {
        #expect(match("/a/b", "/a/:x/c", "/:y/b") == ["/:y/b", "a"])
        #expect(match("/a/b", "/:x/c", "/a/b") == ["/a/b", ""])
        #expect(match("/a/b/c", "/a/:x/d", "/a/*") == ["/a/*", "b"])
        #expect(match("/a/b", "/:x/:y/c", "/a/b") == ["/a/b", ""])
    }
}
