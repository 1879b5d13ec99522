/// Writes chunked framing, RFC 9112 section 7.1, around content that goes out as it is.
///
/// ```swift
/// ChunkedEncoder.appendSizeLine(for: data.count, to: &output)
/// output += data
/// ChunkedEncoder.appendLineEnd(to: &output)
/// …
/// ChunkedEncoder.appendEnd(trailers: [], to: &output)
/// ```
package enum ChunkedEncoder {
    /// Appends the size line of a chunk of `count` bytes.
    /// - Precondition: `count` is not 0: a chunk of no bytes would end the body.
    package static func appendSizeLine(for count: Int, to output: inout [UInt8]) {
        precondition(count > 0, "a chunk of \(count) bytes")
        var shift = (Int.bitWidth &- 1 &- count.leadingZeroBitCount) & ~3
        while shift >= 0 {
            output.append(hexDigit(count &>> shift & 0xF))
            shift &-= 4
        }
        appendLineEnd(to: &output)
    }

    /// Appends the CR LF that follows the data of a chunk.
    package static func appendLineEnd(to output: inout [UInt8]) {
        output.append(HTTPGrammar.carriageReturn)
        output.append(HTTPGrammar.lineFeed)
    }

    /// Appends the last chunk and the trailer section: the end of the body.
    package static func appendEnd(trailers: [Trailer] = [], to output: inout [UInt8]) {
        output.append(UInt8(ascii: "0"))
        appendLineEnd(to: &output)
        for trailer in trailers {
            output.append(contentsOf: trailer.name.utf8)
            output.append(UInt8(ascii: ":"))
            output.append(HTTPGrammar.space)
            output.append(contentsOf: trailer.value)
            appendLineEnd(to: &output)
        }
        appendLineEnd(to: &output)
    }

    private static func hexDigit(_ value: Int) -> UInt8 {
        let digit = UInt8(truncatingIfNeeded: value)
        return digit < 10 ? UInt8(ascii: "0") &+ digit : UInt8(ascii: "a") &+ digit &- 10
    }
}
