import UVCore

/// Gathers a body: a value among the callbacks of its message, which tells it of all that becomes of that.
struct BodyCollector {
    typealias Done = (Result<[UInt8], HTTPBodyError>) throws -> Void

    private let limit: Int
    /// Nil once it was taken.
    private var done: Done?
    private var body: [UInt8] = []

    /// How many bytes were gathered.
    var count: Int { body.count }

    init(upTo limit: Int, _ done: @escaping Done) {
        self.limit = limit
        self.done = done
    }

    /// Adds a piece. False if the body has become longer than it may.
    mutating func add(_ bytes: RawSpan) -> Bool {
        guard done != nil else { return true }
        guard bytes.byteCount <= limit - body.count else { return false }
        body.append(copying: bytes)
        return true
    }

    /// Adds a piece that was kept, which is not copied if it is the first.
    mutating func add(_ piece: [UInt8]) -> Bool {
        guard done != nil, body.isEmpty, piece.count <= limit else { return add(piece.span.bytes) }
        body = piece
        return true
    }

    /// Takes out what is to be called, for its one call, and what was gathered.
    mutating func takeAll() -> (done: Done, body: [UInt8])? {
        guard let done = done.take() else { return nil }
        defer { body = [] }
        return (done, body)
    }
}
