import HTTPTypes
import UVCore
import UVHTTP

/// One answer with a file, or parts of it.
@LoopActor
struct FileAnswer {
    private let file: File
    private let size: Int64
    private let type: String
    private let validators: Validators
    private let options: StaticFiles.Options

    init(_ file: File, _ status: FileStatus, type: String, _ options: StaticFiles.Options) {
        self.file = file
        self.type = type
        self.options = options
        size = status.size
        validators = Validators(status, now: SystemTime.milliseconds() / 1_000)
    }

    /// How much is read at a time.
    private static let piece: Int64 = 65_536

    /// Answers; it returns when all was handed to the connection, or that has ended.
    func send(_ request: IncomingMessage, _ response: ServerResponse) async throws {
        if let control = options.cacheControl { response.setHeader(.cacheControl, control) }
        response.setHeader(.eTag, validators.tag)
        response.setHeader(.lastModified, validators.lastModified)
        switch validators.verdict({ request.header($0) }) {
        case .failed: return refuse(.preconditionFailed, response)
        case .notModified:
            noteWhole(request)
            response.status = .notModified
            return response.end()
        case .send: break
        }
        response.setHeader(.acceptRanges, "bytes")
        switch ranges(request) {
        case .whole: try await send([Part(bytes: 0..<size)], request, response, type: type)
        case .unsatisfiable:
            response.setHeader(.contentRange, "bytes */\(size)")
            refuse(.rangeNotSatisfiable, response)
        case .parts(let parts):
            noteWhole(request)
            try await send(parts, request, response)
        }
    }

    /// Tells a middleware what the answer does not say.
    private func noteWhole(_ request: IncomingMessage) {
        request[WholeContent.self] = WholeContent(type: type, length: Int(clamping: size))
    }

    /// An error's text has neither the file's tag nor its times.
    private func refuse(_ status: HTTPResponse.Status, _ response: ServerResponse) {
        for name: HTTPField.Name in [.eTag, .lastModified, .cacheControl, .acceptRanges] { response.removeHeader(name) }
        response.refuse(HTTPError(status))
    }

    /// A range is heeded in a GET alone, RFC 9110 section 14.2.
    private func ranges(_ request: IncomingMessage) -> ByteRanges {
        guard RequestMethod(request.method) == .get, let range = request.header(.range) else { return .whole }
        if let condition = request.header(.ifRange), !validators.isSame(as: condition) { return .whole }
        return ByteRanges(range, size: size)
    }

    /// Bytes of the file, and what stands before them.
    private struct Part {
        var head = ""
        let bytes: Range<Int64>

        var length: Int64 { Int64(head.utf8.count) + bytes.upperBound - bytes.lowerBound }
    }

    private func send(_ ranges: [Range<Int64>], _ request: IncomingMessage, _ response: ServerResponse) async throws {
        response.status = .partialContent
        if ranges.count == 1 {
            response.setHeader(.contentRange, field(ranges[0]))
            return try await send([Part(bytes: ranges[0])], request, response, type: type)
        }
        // RFC 9110 section 14.6. Chance keeps it from standing in the file.
        let boundary = (0..<3).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
        var parts = ranges.map { range in
            Part(
                head: "\r\n--\(boundary)\r\nContent-Type: \(type)\r\nContent-Range: \(field(range))\r\n\r\n",
                bytes: range)
        }
        parts.append(Part(head: "\r\n--\(boundary)--\r\n", bytes: 0..<0))
        try await send(parts, request, response, type: "multipart/byteranges; boundary=\(boundary)")
    }

    private func field(_ range: Range<Int64>) -> String {
        "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
    }

    private func send(
        _ parts: [Part], _ request: IncomingMessage, _ response: ServerResponse, type: String
    ) async throws {
        response.setHeader(.contentType, type)
        response.setHeader(.contentLength, String(parts.reduce(0) { $0 + $1.length }))
        guard RequestMethod(request.method) != .head else { return response.end() }
        let writer = BodyWriter(response)
        guard await writer.begin() else { return }
        if parts.count == 1, parts[0].length <= Self.piece { return try await sendAtOnce(parts[0].bytes, response) }
        for part in parts {
            if !part.head.isEmpty { guard await writer.write([UInt8](part.head.utf8)) else { return } }
            guard try await send(part.bytes, writer, response) else { return }
        }
        response.end()
    }

    /// One piece is the whole answer, so one write is enough, and an error can still be said.
    private func sendAtOnce(_ bytes: Range<Int64>, _ response: ServerResponse) async throws {
        let piece = try await read(bytes, response)
        guard let piece, piece.count == bytes.count else { return response.fail() }
        response.end(piece)
    }

    /// Sends bytes of the file; false when the answer is over.
    private func send(_ bytes: Range<Int64>, _ writer: BodyWriter, _ response: ServerResponse) async throws -> Bool {
        var offset = bytes.lowerBound
        while offset < bytes.upperBound {
            guard let piece = try await read(offset..<min(offset + Self.piece, bytes.upperBound), response) else {
                response.destroy()
                return false
            }
            offset += Int64(piece.count)
            guard await writer.write(piece) else { return false }
        }
        return true
    }

    /// Up to a piece of the file; nil behind its end, which was announced to be elsewhere.
    private func read(_ bytes: Range<Int64>, _ response: ServerResponse) async throws -> [UInt8]? {
        do throws(LoopError) {
            let piece = try await file.read(Int(bytes.upperBound - bytes.lowerBound), at: bytes.lowerBound)
            return piece.isEmpty && !bytes.isEmpty ? nil : piece
        } catch {
            // With a part of the answer on its way, what is missing can only be shown by an end.
            if response.headersSent { response.destroy() }
            throw error
        }
    }
}
