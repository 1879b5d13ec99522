import Testing
import UVTesting

@testable import Chat

@Test func linesAreKeptInOrder() async throws {
    let client = TestClient(Chat().router)
    let line = #"{"room": "lobby", "name": "Ada", "text": "hello"}"#
    #expect(try await client.post("/lines", body: line).status == .created)
    #expect(try await client.get("/lines?count=1").text == #"[{"name":"Ada","room":"lobby","text":"hello"}]"#)
    #expect(try await client.post("/lines", body: "{}").status == .badRequest)
}
