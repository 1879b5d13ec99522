import UVCore

/// What a request says of its body, and what was given of it: a pure value.
enum OutgoingBody: Equatable {
    /// The program has given nothing yet.
    case open

    /// All of it, given at once: it can be sent again.
    case whole([UInt8])

    /// Piece by piece: in chunks, or what is left of a length that the program has announced.
    case pieces(left: Int?)

    /// Whether it is there to be sent again.
    var isRepeatable: Bool {
        if case .pieces = self { return false }
        return true
    }

    /// What a piece is sent as; nil if it is longer than what was announced.
    mutating func frame(_ bytes: RawSpan) -> [UInt8]? {
        guard case .pieces(let left) = self, !bytes.isEmpty else { return [] }
        guard let left else { return Self.chunk(bytes) }
        guard bytes.byteCount <= left else { return nil }
        self = .pieces(left: left - bytes.byteCount)
        return [UInt8](copying: bytes)
    }

    /// What is sent behind the last piece; nil if pieces are missing.
    func end(_ trailers: [Trailer]) -> [UInt8]? {
        guard case .pieces(let left) = self else { return [] }
        guard left == nil else { return left == 0 ? [] : nil }
        var output: [UInt8] = []
        ChunkedEncoder.appendEnd(trailers: trailers, to: &output)
        return output
    }

    private static func chunk(_ bytes: RawSpan) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.byteCount + 20)
        ChunkedEncoder.appendSizeLine(for: bytes.byteCount, to: &output)
        output.append(copying: bytes)
        ChunkedEncoder.appendLineEnd(to: &output)
        return output
    }
}
