import LoopTesting
import Testing
import UVCore
import UVHTTP

@testable import TaskService

/// What the fields of a request have shown holds for the next one that has the same, and for no other.
@Suite("Requests one after the other")
struct RepeatedRequestsTests {
    /// The answers to `requests` on one connection, each of which is sent when the one before was answered.
    private func answers(to requests: [String]) async -> [String] {
        let answers = Log()
        let code = await withLoop { _ in
            let server = TaskServer.forTest()
            server.http.listen(port: 0) {
                let socket = Socket.connect(port: server.http.address?.port ?? 0, host: "127.0.0.1")
                var rest = requests[...]
                let next = { if let request = rest.popFirst() { socket.write(request) } else { socket.end() } }
                socket.onData = {
                    answers(String(decoding: $0, as: UTF8.self))
                    next()
                }
                socket.onClose = { _ in server.http.close() }
                next()
            }
        }
        #expect(code == 0)
        return answers.lines
    }

    private func statuses(of requests: [String]) async -> [String] {
        await answers(to: requests).map { String($0.dropFirst("HTTP/1.1 ".count).prefix(3)) }
    }

    private func request(_ line: String, _ fields: String...) -> String {
        let fields = ["Host: localhost"] + fields + ["Content-Length: 11"]
        return "\(line) HTTP/1.1\r\n\(fields.joined(separator: "\r\n"))\r\n\r\n{\"title\":1}"
    }

    private static let admin = "Authorization: secret-admin-123"

    @Test("The role is that of the token that came last")
    func tokens() async {
        // The body is refused behind the gate.
        let lines = [
            Self.admin, Self.admin, "Authorization: secret-user-123", "Authorization: secret-admin-124", Self.admin,
        ]
        let statuses = await statuses(of: lines.map { request("POST /tasks", $0) } + [request("POST /tasks")])
        #expect(statuses == ["422", "422", "403", "401", "422", "401"])
    }

    @Test("A page and another host are refused, whatever came before")
    func guards() async {
        let plain = request("POST /tasks", Self.admin)
        let page = request("POST /tasks", Self.admin, "Origin: http://page")
        let image = request("POST /tasks", Self.admin, "Sec-Fetch-Site: cross-site")
        let absolute = request("POST http://page/tasks", Self.admin)
        let host = plain.replacing("localhost", with: "localhosT.page")
        let requests = [plain, plain, page, page, plain, image, image, plain, absolute, absolute, plain, host, host]
        let expected = ["422", "422", "403", "403", "422", "403", "403", "422", "403", "403", "422", "403", "403"]
        #expect(await statuses(of: requests) == expected)
    }

    @Test("Each has a name of its own, but those that bring one")
    func names() async {
        let plain = request("GET /health")
        let named = request("GET /health", "X-Request-Id: a.b")
        let names = await answers(to: [plain, plain, named, named, plain]).map { answer in
            answer.split(separator: "\r\n").first { $0.hasPrefix("X-Request-Id: ") }.map { $0.dropFirst(14) } ?? ""
        }
        #expect(names[2] == "a.b" && names[3] == "a.b")
        #expect(Set(names).count == 4 && !names.contains(""))
    }
}
