import UVCore

/// Gathers a body: one object for all the callbacks that it takes.
@LoopActor
final class BodyCollector {
    private let limit: Int
    /// Nil once it was called.
    private var done: ((Result<[UInt8], HTTPBodyError>) throws -> Void)?
    /// Unchecked for exclusive access: nothing is called while it changes.
    @exclusivity(unchecked) private var body: [UInt8] = []

    init(upTo limit: Int, _ done: @escaping (Result<[UInt8], HTTPBodyError>) throws -> Void) {
        self.limit = limit
        self.done = done
    }

    func add(_ bytes: RawSpan) throws {
        guard done != nil else { return }
        guard bytes.byteCount <= limit - body.count else { return try fail(.tooLarge) }
        body.append(copying: bytes)
    }

    func end() throws { try conclude(.success(body)) }

    func fail(_ error: HTTPBodyError) throws { try conclude(.failure(error)) }

    private func conclude(_ result: Result<[UInt8], HTTPBodyError>) throws {
        guard let done else { return }
        self.done = nil
        body = []
        try done(result)
    }
}
