import HTTPTypes
public import UVCompression
public import UVCore
public import UVHTTP

/// Compresses answers with gzip, for clients that want it.
///
/// ```swift
/// router.use(Compression())
/// router.use(StaticFiles("public"))
/// ```
///
/// It has a say in what comes behind it. Compressed is what is text, or of a kind that gets shorter, by its `Content-Type`,
/// is not short, and is whole: not a range, not what has a `Content-Encoding`, nor what says `no-transform`; and never a stream of events. Then
/// the length is gone unless the answer is given whole, a strong `ETag` becomes weak, since other bytes stand for the same
/// content, and `Vary` tells caches that the answer depends on `Accept-Encoding`: the weights there are heeded (RFC 9110
/// section 12.5.3). A 304 has the `ETag` and the `Vary` of the answer that it stands for, a range the `Vary`.
///
/// An answer that is given whole is compressed on the loop's thread, in the order of 20 µs a KiB, up to ``longestAtOnce``; a
/// longer one on a thread of the pool, while the loop turns. It is sent when that is done, as the answers before it and behind
/// it are, in their order. What is written piece by piece is compressed on the loop's thread and can be read by the client piece
/// by piece, and such an answer takes 102 KiB of memory until its end.
///
/// Answers that mix a secret with what a stranger may choose should not be compressed: their length tells of the secret
/// (BREACH).
@LoopActor
public final class Compression: Middleware {
    /// The longest body, in bytes, that is compressed on the loop's thread where it is given whole: 0.3 to 1.3 ms of a turn.
    public nonisolated static let longestAtOnce = 65_536

    let level: CompressionLevel
    private let shortest: Int

    /// For answers that are whole: one after another.
    private var shared: Compressor?

    /// For answers that are whole and long.
    fileprivate let line = CompressionLine()

    /// - Parameters:
    ///   - level: How hard it looks for fewer bytes.
    ///   - shortest: What is shorter, in bytes, stays as it is: about so many fit into one packet anyway.
    public init(level: CompressionLevel = .balanced, shortest: Int = 1_024) {
        self.level = level
        self.shortest = shortest
    }

    public func callAsFunction(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) throws {
        response.filterBody(by: GzipFilter(request, self))
        try next()
    }

    /// A compressor for a whole answer of so many bytes, or for one in pieces; nil when there is no memory for it.
    func compressor(_ count: Int?) -> Compressor? {
        guard let count else { return try? Compressor(.gzip, level: level, windowBits: 13, memoryLevel: 7) }
        // A thread has one of its own.
        if count > Self.longestAtOnce { return try? Compressor(.gzip, level: level) }
        if let shared { shared.reset() } else { shared = try? Compressor(.gzip, level: level) }
        return shared
    }

    func isWorthIt(_ count: Int?) -> Bool { count.map { $0 >= shortest } ?? true }
}

/// Compresses one answer, if it should be.
@LoopActor
private final class GzipFilter: BodyFilter {
    private let settings: Compression
    private let isWanted: Bool
    private let isHead: Bool
    private var compressor: Compressor?

    init(_ request: IncomingMessage, _ settings: Compression) {
        self.settings = settings
        isHead = RequestMethod(request.method) == .head
        isWanted = request.header(.acceptEncoding).map { AcceptEncoding($0).prefersGzip } ?? false
    }

    func begin(_ response: ServerResponse, count: Int?) -> Bool {
        if response.status == .notModified || response.status == .partialContent {
            describeWhole(response)
            return false
        }
        guard response.isWhole, response.mayBeCompressed(as: response.header(.contentType)) else { return false }
        Self.addVary(response)
        // The answer to HEAD names the length of what it has not.
        let announced = response.header(.contentLength).flatMap { Int($0) }
        let isNamed = isHead && count == 0 && announced != nil
        guard isWanted, settings.isWorthIt(announced ?? count), count != 0 || isNamed else { return false }
        if !isNamed {
            guard let compressor = settings.compressor(count) else { return false }
            self.compressor = compressor
        }
        response.setHeader(.contentEncoding, "gzip")
        Self.weakenTag(response)
        response.forgetHeaders([.contentLength])
        return !isNamed
    }

    /// An answer without the content, or with a part of it, has the `Vary` of the 200 to the same request, and 304 the `ETag`
    /// that names what the client may keep (RFC 9110 sections 15.3.7 and 15.4.5). Where the type of the whole is not known,
    /// it counts as text: a weak tag is true of what is not compressed, too.
    private func describeWhole(_ response: ServerResponse) {
        let whole = response.request?[WholeContent.self]
        let type = whole?.type ?? response.header(.contentType)
        let isKnown = type.map { !$0.asciiLowercased.begins(with: "multipart/") } ?? false
        guard response.mayBeCompressed(as: isKnown ? type : "text/plain") else { return }
        Self.addVary(response)
        let isCompressed = isWanted && whole?.length != 0 && settings.isWorthIt(whole?.length)
        if isCompressed, response.status == .notModified { Self.weakenTag(response) }
    }

    func filter(_ bytes: RawSpan, isLast: Bool) -> [UInt8] {
        var output: [UInt8] = []
        compressor?.compress(bytes, isLast ? .finish : .sync, into: &output)
        return output
    }

    func filterLater(_ bytes: RawSpan, _ response: ServerResponse, _ done: @escaping ([UInt8]) -> Void) -> Bool {
        guard bytes.byteCount > Compression.longestAtOnce, let compressor else { return false }
        let job = CompressionJob(content: [UInt8](copying: bytes), compressor: compressor)
        settings.line.add(job, for: response, done)
        return true
    }

    private static func weakenTag(_ response: ServerResponse) {
        guard let tag = response.header(.eTag), tag.utf8.first == UInt8(ascii: "\"") else { return }
        response.setHeader(.eTag, "W/" + tag)
    }

    private static func addVary(_ response: ServerResponse) {
        let isThere = response.withHeader(.vary) { $0.hasElement("accept-encoding") || $0.hasElement("*") } ?? false
        if !isThere { response.appendHeader(.vary, "Accept-Encoding") }
    }
}

/// What a 304 or a 206 is about, for the filter of it: the whole content's type, and its length in bytes.
struct WholeContent {
    let type: String
    let length: Int
}

extension ServerResponse {
    /// Whether it has content, and all of it.
    fileprivate var isWhole: Bool {
        guard case nil = header(.contentRange) else { return false }
        return (200..<600).contains(status.code) && ![204, 205, 206, 304].contains(status.code)
    }

    /// Whether content of such a type gets shorter, and nothing speaks against that.
    fileprivate func mayBeCompressed(as type: String?) -> Bool {
        guard case nil = header(.contentEncoding) else { return false }
        if withHeader(.cacheControl, { $0.hasElement("no-transform") }) ?? false { return false }
        return type.map(Self.getsShorter) ?? false
    }

    /// Whether a media type is one of text, by its own name or its suffix (RFC 6838 section 4.2.8), or of bytes that repeat.
    private static func getsShorter(_ field: String) -> Bool {
        let name = field.utf8.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
        let type = String(decoding: name, as: UTF8.self).asciiLowercased
        if type.isSame(as: "text/event-stream") { return false }
        return type.begins(with: "text/") || textSuffixes.contains { type.utf8.suffix($0.count).elementsEqual($0) }
            || others.contains(ByteText(type))
    }

    private static let textSuffixes = ["+json".utf8, "+xml".utf8, "+text".utf8]

    private static let others: Set<ByteText> = [
        "application/json", "application/javascript", "application/xml", "application/x-ndjson", "application/wasm",
        "application/x-javascript", "application/rtf", "application/vnd.apple.mpegurl", "application/toml",
        "application/yaml", "application/sql", "image/bmp", "image/x-icon", "font/ttf", "font/otf",
    ]
}
