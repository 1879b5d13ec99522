public import HTTPTypes
import UVCore
public import UVHTTP
import UVWebSocket

/// Asks a router as a client of HTTP would, without a network: for tests.
///
/// ```swift
/// @LoopActor func makeRouter() -> Router { … }
///
/// @Test func lists() async throws {
///     let client = TestClient(makeRouter())
///     let made = try await client.post("/tasks", body: "Water the plants")
///     #expect(made.status == .created)
///     #expect(try await client.get("/tasks?limit=2").text == "Water the plants\n")
/// }
/// ```
///
/// A request is written, parsed, routed and answered by the same code as one from the network, limits and connections
/// included; its two ends are in this process and have no address, so `remoteAddress` is nil and tests may run side by side.
///
/// The router is made when the first request is sent, on a loop that runs on a thread of its own while there is such a
/// client: a test is an `async` function of XCTest or Swift Testing, on any thread, and runs no loop itself. A process has one
/// loop at a time, so no other one may run meanwhile.
public final class TestClient: Sendable {
    private let served: ServedRouter

    /// - Parameters:
    ///   - router: Evaluated once, on the loop, when the first request is sent; what it throws that request throws.
    ///   - configure: Is given the server, to set its limits and its callbacks.
    public init(
        _ router: @autoclosure @escaping @LoopActor () throws -> Router,
        configure: @escaping @LoopActor (HTTPServer) throws -> Void = { _ in }
    ) {
        served = ServedRouter(router, configure)
        TestLoop.enter()
    }

    deinit {
        EventLoop.execute { [served] in served.end() }
        TestLoop.leave()
    }

    /// Sends a request and waits for the whole answer.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - path: The request target: a path, and a query maybe.
    ///   - headers: `Host` is `test` if there is none.
    ///   - body: What is sent.
    /// - Throws: `HTTPClient.Failure` if there is no answer, `HTTPBodyError` if it breaks off, and what making the router
    ///   has thrown.
    public func request(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:], body: [UInt8] = []
    ) async throws -> TestAnswer {
        try await run { client in
            let answer = try await client.request(method, Self.url(path), headers: headers, body: body)
            return TestAnswer(status: answer.status, headers: answer.headerFields, body: try await answer.body())
        }
    }

    /// Runs `body` on the loop's thread with a client whose every request goes to the router, for what is more than a request
    /// and its answer: bodies in pieces, several requests at once, JSON.
    ///
    /// ```swift
    /// try await test.run { client in
    ///     let answer = try await client.get(TestClient.url("/events"))
    ///     for try await piece in answer.chunks { … }
    /// }
    /// ```
    public func run<Value: Sendable>(_ body: @LoopActor (HTTPClient) async throws -> Value) async throws -> Value {
        // The loop runs while this is held.
        defer { withExtendedLifetime(self) {} }
        return try await body(try await served.ends().client)
    }

    /// Opens a WebSocket of the router, as `WebSocketClient` does.
    ///
    /// ```swift
    /// let ada = try await client.webSocket("/rooms/lobby?name=Ada")
    /// let bob = try await client.webSocket("/rooms/lobby?name=Bob")
    /// await ada.send("hello")
    /// #expect(try await bob.next()?.text == "Ada: hello")
    /// ```
    ///
    /// - Parameters:
    ///   - path: The request target: a path, and a query maybe.
    ///   - headers: Sent along, such as `Authorization` or `Origin`.
    ///   - subprotocols: Offered to the server, the preferred one first.
    /// - Throws: `WebSocketClient.Failure`, such as `.refused(status: 403)`, and what making the router has thrown.
    public func webSocket(
        _ path: String, headers: HTTPFields = [:], subprotocols: [String] = []
    ) async throws -> TestWebSocket {
        guard let url = WebSocketURL("ws://test\(path)") else {
            throw WebSocketClient.Failure.invalidRequest("\(path) is no path")
        }
        return try await served.openWebSocket(url, headers, subprotocols, of: self)
    }

    /// The URL of a path, for ``run(_:)``. The host does not count.
    public static func url(_ path: String) -> String { "http://test\(path)" }
}

extension TestClient {
    /// Sends `GET`. See ``request(_:_:headers:body:)``.
    public func get(_ path: String, headers: HTTPFields = [:]) async throws -> TestAnswer {
        try await request(.get, path, headers: headers)
    }

    /// Sends `POST`. See ``request(_:_:headers:body:)``.
    public func post(_ path: String, headers: HTTPFields = [:], body: [UInt8]) async throws -> TestAnswer {
        try await request(.post, path, headers: headers, body: body)
    }

    /// Sends `POST` with `body` as UTF-8. See ``request(_:_:headers:body:)``.
    public func post(_ path: String, headers: HTTPFields = [:], body: String = "") async throws -> TestAnswer {
        try await request(.post, path, headers: headers, body: Array(body.utf8))
    }

    /// Sends `PUT` with `body` as UTF-8. See ``request(_:_:headers:body:)``.
    public func put(_ path: String, headers: HTTPFields = [:], body: String = "") async throws -> TestAnswer {
        try await request(.put, path, headers: headers, body: Array(body.utf8))
    }

    /// Sends `PATCH` with `body` as UTF-8. See ``request(_:_:headers:body:)``.
    public func patch(_ path: String, headers: HTTPFields = [:], body: String = "") async throws -> TestAnswer {
        try await request(.patch, path, headers: headers, body: Array(body.utf8))
    }

    /// Sends `DELETE`. See ``request(_:_:headers:body:)``.
    public func delete(_ path: String, headers: HTTPFields = [:]) async throws -> TestAnswer {
        try await request(.delete, path, headers: headers)
    }
}
