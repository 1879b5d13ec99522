import UVCore

/// Does `work` on each piece, and returns the results in the order of the pieces.
///
/// The loop goes on meanwhile, and several pieces are worked on at once. There may be thousands of them, and the pool takes
/// `workers.capacity` in its line and no more. If a piece fails, so does the whole.
@LoopActor
public func inPieces(_ pieces: [Int], _ work: @escaping @Sendable (Int) throws -> Int) async throws -> [Int] {
    let line = Line(pieces, work)
    // As many are under way as run at once: each of these takes the next piece when it is done with one.
    try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<EventLoop.current.workers.size { group.addTask { try await line.workOff() } }
        try await group.waitForAll()
    }
    return line.results
}

/// The pieces that nothing works on yet, and the results so far.
@LoopActor
private final class Line {
    private let pieces: [Int]
    private let work: @Sendable (Int) throws -> Int
    private var next = 0
    var results: [Int]

    init(_ pieces: [Int], _ work: @escaping @Sendable (Int) throws -> Int) {
        (self.pieces, self.work) = (pieces, work)
        results = Array(repeating: 0, count: pieces.count)
    }

    func workOff() async throws {
        while next < pieces.count {
            let place = next
            next += 1
            results[place] = try await EventLoop.current.workers.run { [pieces, work] _ in try work(pieces[place]) }
        }
    }
}
