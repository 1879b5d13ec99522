import CHiredis

/// Redis' protocol, read: bytes as they come, replies when they are whole. hiredis' `redisReader` does it.
final class RedisReader {
    private let reader: UnsafeMutablePointer<redisReader>

    /// - Throws: If there is no memory.
    init() throws(RedisError) {
        guard let reader = redisReaderCreate() else { throw .refused("there is no memory for a reader") }
        self.reader = reader
    }

    deinit { redisReaderFree(reader) }

    /// Takes bytes that have come.
    func feed(_ bytes: RawSpan) throws(RedisError) {
        let status = bytes.withUnsafeBytes { bytes in
            redisReaderFeed(reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        if status != REDIS_OK { throw failure }
    }

    /// The next reply that is whole; nil if more bytes are needed.
    func next() throws(RedisError) -> RedisReply? {
        var reply: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &reply) == REDIS_OK else { throw failure }
        guard let reply else { return nil }
        defer { freeReplyObject(reply) }
        return Self.copy(reply.assumingMemoryBound(to: redisReply.self))
    }

    private var failure: RedisError {
        // hiredis ends the text with a zero, within its 128 bytes.
        let text = withUnsafeBytes(of: reader.pointee.errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return .protocol(text)
    }

    /// The reply as values of Swift's. It is as deep as the reader lets it be, which is seven lists.
    private static func copy(_ reply: UnsafePointer<redisReply>) -> RedisReply {
        let reply = reply.pointee
        switch reply.type {
        case REDIS_REPLY_INTEGER: return .integer(Int(reply.integer))
        case REDIS_REPLY_ARRAY:
            return .array(
                (0..<Int(reply.elements)).map { index in reply.element[index].map { copy($0) } ?? .null })
        case REDIS_REPLY_STRING, REDIS_REPLY_STATUS: return .bytes(bytes(of: reply))
        case REDIS_REPLY_ERROR: return .error(String(decoding: bytes(of: reply), as: UTF8.self))
        default: return .null
        }
    }

    private static func bytes(of reply: redisReply) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: reply.str, count: Int(reply.len)))
    }
}
