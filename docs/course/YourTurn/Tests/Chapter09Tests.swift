import Testing
import YourTurn

/// A client that has room for so many lines, and reads only when it is told to.
private final class Client: Sink {
    let room: Int
    var onDrain: (() -> Void)?
    private(set) var lines: [String] = []
    private(set) var ends = 0
    private(set) var most = 0
    private var waiting = 0

    init(room: Int) { self.room = room }

    func write(_ text: String) -> Bool {
        #expect(ends == 0, "a write behind the end")
        lines.append(text)
        waiting += 1
        most = max(most, waiting)
        return waiting < room
    }

    func end() { ends += 1 }

    /// Reads all that waits; whether there was any.
    func read() -> Bool {
        defer { onDrain?() }
        defer { waiting = 0 }
        return waiting > 0
    }
}

@Suite("Chapter 9") struct Chapter09Tests {
    private func sent(_ count: Int, room: Int) -> Client {
        let client = Client(room: room)
        send(count, to: client) { "\($0)\n" }
        // More turns than it can take.
        for _ in 0...count where client.ends == 0 { _ = client.read() }
        return client
    }

    @Test("All lines come, in order, and then the end, once", arguments: [0, 1, 7, 8, 9, 1_000])
    func whole(count: Int) {
        let client = sent(count, room: 8)
        #expect(client.lines == (0..<count).map { "\($0)\n" })
        #expect(client.ends == 1)
    }

    @Test("No more waits than there is room for", arguments: [1, 8, 100])
    func bounded(room: Int) {
        #expect(sent(1_000, room: room).most == room)
    }

    @Test("A line is made when there is room for it")
    func lazily() {
        let client = Client(room: 8)
        var made = 0
        send(1_000, to: client) { number in
            made += 1
            return "\(number)"
        }
        #expect(made == 8 && client.ends == 0)
        _ = client.read()
        #expect(made == 16)
    }

    @Test("100,000 lines to a client that takes one at a time are no 100,000 calls inside each other")
    func slowly() {
        let client = sent(100_000, room: 1)
        #expect(client.lines.count == 100_000 && client.ends == 1)
    }

    @Test("A client that is drained again behind the end hears nothing more")
    func quiet() {
        let client = sent(10, room: 8)
        _ = client.read()
        _ = client.read()
        #expect(client.lines.count == 10 && client.ends == 1)
    }

    @Test("A client that goes in the middle is not kept in memory")
    func gone() {
        weak var client: Client?
        do {
            let kept = Client(room: 8)
            send(1_000, to: kept) { "\($0)" }
            client = kept
        }
        #expect(client == nil)
    }
}
