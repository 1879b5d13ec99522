import Testing
import UVTesting

@testable import Chat

@Test func aRoomHearsItsMembers() async throws {
    let client = TestClient(Chat().router)
    let ada = try await client.webSocket("/rooms/lobby?name=Ada")
    let bob = try await client.webSocket("/rooms/lobby?name=Bob")
    await ada.send("hello")
    #expect(try await bob.next()?.text == "Ada: hello")
}
