import CHiredis

/// A command: its name and its arguments, which may be any bytes.
struct RedisCommand {
    /// The arguments, one behind the other.
    private var content: [UInt8] = []
    private var lengths: [Int] = []

    init(_ words: String...) { for word in words { append(word) } }

    mutating func append(_ bytes: some Collection<UInt8>) {
        lengths.append(bytes.count)
        content.append(contentsOf: bytes)
    }

    mutating func append(_ text: String) { append(text.utf8) }

    mutating func append(_ other: RedisCommand) {
        lengths += other.lengths
        content += other.content
    }

    /// The bytes that are sent, by hiredis' `redisFormatCommandArgv`; nil if there is no memory for them.
    ///
    /// - Complexity: O(bytes).
    var formatted: [UInt8]? {
        content.withUnsafeBytes { bytes in
            // An argument without bytes points somewhere, too: nothing is read there.
            let start = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1)
            var offset = 0
            var arguments = lengths.map { length -> UnsafePointer<CChar>? in
                defer { offset += length }
                return start?.advanced(by: offset).assumingMemoryBound(to: CChar.self)
            }
            var command: UnsafeMutablePointer<CChar>?
            let count = redisFormatCommandArgv(&command, Int32(lengths.count), &arguments, lengths)
            guard count >= 0, let command else { return nil }
            defer { redisFreeCommand(command) }
            return Array(UnsafeRawBufferPointer(start: command, count: Int(count)))
        }
    }
}
