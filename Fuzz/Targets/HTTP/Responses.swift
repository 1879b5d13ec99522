@testable import UVHTTP

extension FuzzTarget {
    /// Answers to GET as they lie behind each other, and as the client reads them, to methods that are framed otherwise.
    static let responseHead = FuzzTarget("response-head", "answers, as the client reads them, to GET, HEAD and CONNECT")
    {
        bytes in
        for message in try Arrivals.check(bytes, .response) {
            let line = "HTTP/1.\(message.head.minorVersion) \(message.head.status) \(message.text(message.head.reason))"
            try checkWrittenAgain(message, asLine: line, .response)
        }
        for method in [RequestMethod.get, .head, .connect] {
            let whole = AnswerTranscript([bytes], to: method)
            for row in Cuts(of: bytes).rows {
                let pieces = AnswerTranscript(Cuts.pieces(of: bytes, row), to: method)
                try expect(whole == pieces, "to \(method), cut at \(row): \(pieces), and whole: \(whole)")
            }
        }
    }
}

/// What the client's reader says about some bytes.
private struct AnswerTranscript: Equatable {
    var lines: [String] = []
    var content: [UInt8] = []
    var error: HTTPParseError?

    init(_ pieces: [[UInt8]], to method: RequestMethod) {
        var reader = ResponseReader(.defaults)
        reader.begin(answering: method)
        do throws(HTTPParseError) {
            for piece in pieces {
                guard try read(piece, &reader, method) else { return }
            }
        } catch {
            self.error = error
        }
    }

    /// False behind what ends HTTP on the connection.
    private mutating func read(
        _ piece: [UInt8], _ reader: inout ResponseReader, _ method: RequestMethod
    ) throws(HTTPParseError) -> Bool {
        var offset = 0
        while true {
            switch try reader.step(piece.span.bytes, from: offset) {
            case .needMoreBytes: return true
            case .interim(let end), .head(let end):
                note(reader.head)
                offset = end
            case .switched:
                note(reader.head)
                return false
            case .data(let range):
                content += piece[range]
                offset = range.upperBound
            case .end(let end):
                lines.append("end with \(content.count) \(reader.trailers) \(reader.isPersistent)")
                guard reader.isPersistent else { return false }
                offset = end
                reader.begin(answering: method)
            }
        }
    }

    private mutating func note(_ head: ReceivedHead) {
        lines.append("\(head.status) \(head.reason)")
        lines += head.fields.map { "\($0.name.rawName): \($0.value)" }
    }
}
