/// Skips the extensions behind a chunk size, `;name` or `;name=value`, RFC 9112 section 7.1.1.
///
/// No client uses them, but they have a grammar, and bytes that another reader would understand differently are refused
/// here as everywhere. White space inside them is obsolete, and refused as Node refuses it.
struct ChunkExtensionParser: Sendable {
    private enum State {
        case start, nameStart, name, valueStart, value, quoted, quotedPair, quotedEnd
    }

    private var state = State.start

    /// Bytes that the extensions of this body may still have.
    private var allowance: Int

    init(limit: Int) {
        allowance = limit
    }

    /// Takes the next byte, from the first semicolon on; true if it was the CR that ends the line.
    mutating func takeEnd(_ byte: UInt8) throws(HTTPParseError) -> Bool {
        if byte == HTTPGrammar.carriageReturn, mayEnd {
            state = .start
            return true
        }
        guard allowance > 0 else { throw .chunkExtensionsTooLarge }
        allowance &-= 1
        state = try next(byte)
        return false
    }

    private var mayEnd: Bool {
        switch state {
        case .start, .name, .value, .quotedEnd: true
        case .nameStart, .valueStart, .quoted, .quotedPair: false
        }
    }

    private func next(_ byte: UInt8) throws(HTTPParseError) -> State {
        switch (state, byte) {
        case (.nameStart, _) where HTTPGrammar.token.contains(byte): .name
        case (.name, _) where HTTPGrammar.token.contains(byte): .name
        case (.name, UInt8(ascii: "=")): .valueStart
        case (.valueStart, _) where HTTPGrammar.token.contains(byte): .value
        case (.valueStart, UInt8(ascii: "\"")): .quoted
        case (.value, _) where HTTPGrammar.token.contains(byte): .value
        case (_, UInt8(ascii: ";")) where mayEnd: .nameStart
        case (.quoted, UInt8(ascii: "\"")): .quotedEnd
        case (.quoted, UInt8(ascii: "\\")): .quotedPair
        case (.quoted, _) where HTTPGrammar.isText(byte): .quoted
        case (.quotedPair, _) where HTTPGrammar.isText(byte): .quoted
        default: throw byte == HTTPGrammar.lineFeed ? .bareLineFeed : .invalidChunkExtension
        }
    }
}
