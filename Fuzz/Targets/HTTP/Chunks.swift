@testable import UVHTTP

extension FuzzTarget {
    /// Chunked content, with what is allowed by default, and with little.
    static let chunks = FuzzTarget("chunks", "chunked content and its trailers") { bytes in
        var small = HTTPLimits()
        (small.head, small.fields, small.body, small.chunkExtensions) = (32, 2, 20, 6)
        for limits in [HTTPLimits.defaults, small] {
            let whole = Content([bytes], limits)
            for row in Cuts(of: bytes).rows {
                let pieces = Content(Cuts.pieces(of: bytes, row), limits)
                try expect(pieces == whole, "cut at \(row): \(pieces), and whole: \(whole)")
            }
            try expect(
                whole.data.count <= limits.body && whole.trailers.count <= limits.fields
                    && whole.trailers.reduce(0) { $0 + $1.name.utf8.count + $1.value.count } <= limits.head,
                "a limit does not hold: \(whole)")
            if whole.length != nil { try checkWrittenAgain(whole) }
        }
    }

    private static func checkWrittenAgain(_ content: Content) throws {
        var bytes: [UInt8] = []
        if !content.data.isEmpty {
            ChunkedEncoder.appendSizeLine(for: content.data.count, to: &bytes)
            bytes += content.data
            ChunkedEncoder.appendLineEnd(to: &bytes)
        }
        ChunkedEncoder.appendEnd(trailers: content.trailers, to: &bytes)
        let again = Content([bytes], .defaults)
        try expect(
            again.data == content.data && again.trailers == content.trailers && again.length == bytes.count,
            "written again it is \(again), and not \(content)")
    }
}

/// What a decoder makes of some bytes.
private struct Content: Equatable {
    var data: [UInt8] = []
    var trailers: [Trailer] = []
    /// How many bytes it was, once it is complete.
    var length: Int?
    var error: HTTPParseError?

    init(_ pieces: [[UInt8]], _ limits: HTTPLimits) {
        do throws(HTTPParseError) {
            var decoder = try BodyDecoder(.chunked, limits: limits)
            var start = 0
            for piece in pieces where length == nil {
                if let end = try read(piece, &decoder) { length = start + end }
                start += piece.count
            }
            trailers = decoder.trailers
        } catch {
            self.error = error
        }
    }

    private mutating func read(_ piece: [UInt8], _ decoder: inout BodyDecoder) throws(HTTPParseError) -> Int? {
        var offset = 0
        while true {
            switch try decoder.step(piece.span.bytes, from: offset) {
            case .needMoreBytes: return nil
            case .data(let range):
                data += piece[range]
                offset = range.upperBound
            case .end(let end): return end
            }
        }
    }
}
