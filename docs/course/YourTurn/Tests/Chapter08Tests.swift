import Synchronization
import Testing
import UVCore
import UVHTTP
import UVTesting
import YourTurn

/// Set on one thread and waited for on another.
private final class Flag: Sendable {
    private let isSet = Mutex(false)

    func set() { isSet.withLock { $0 = true } }

    /// Whether it is set within two seconds; only what does not work waits that long.
    func wait() -> Bool {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(2)
        while clock.now < deadline {
            if isSet.withLock({ $0 }) { return true }
        }
        return false
    }
}

private struct Broken: Error, Equatable {
    let piece: Int
}

@Suite("Chapter 8", .serialized) struct Chapter08Tests {
    /// Runs `body` on a loop.
    private func onLoop(_ body: @LoopActor () async throws -> Void) async throws {
        try await TestClient(Router()).run { _ in try await body() }
    }

    @Test("The results are in the order of the pieces, whichever is done first")
    func order() async throws {
        try await onLoop {
            let second = Flag()
            let results = try await inPieces([1, 2, 3]) { piece in
                if piece == 2 { second.set() }
                return piece == 1 && !second.wait() ? -1 : piece * piece
            }
            #expect(results == [1, 4, 9], "-1: the first piece has waited for the second in vain")
            let none = try await inPieces([]) { $0 }
            #expect(none.isEmpty)
        }
    }

    @Test("The loop goes on meanwhile")
    func goesOn() async throws {
        try await onLoop {
            let timer = Flag()
            EventLoop.current.setTimeout(.milliseconds(1)) { timer.set() }
            let results = try await inPieces([1]) { _ in timer.wait() ? 1 : -1 }
            #expect(results == [1], "-1: the timer was not called while the piece was worked on")
        }
    }

    @Test("A thousand pieces are no more than the pool takes")
    func many() async throws {
        try await onLoop {
            let results = try await inPieces(Array(0..<1_000)) { $0 + 1 }
            #expect(results == Array(1...1_000))
        }
    }

    @Test("Work that fails fails the whole, with its error")
    func fails() async throws {
        try await onLoop {
            await #expect(throws: Broken(piece: 7)) {
                try await inPieces(Array(0..<10)) { piece in
                    if piece == 7 { throw Broken(piece: piece) }
                    return piece
                }
            }
        }
    }
}
