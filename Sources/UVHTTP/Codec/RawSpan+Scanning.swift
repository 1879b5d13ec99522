import UVCore

// Field values and targets are looked through eight bytes at a time: one subtraction for all eight marks, in the top
// bit of each byte, those that are below a bound. A borrow can mark a byte above a marked one wrongly, never below it,
// so the lowest mark is always true, and it is the only one that is used.

extension RawSpan {
    /// The offset of the first byte from `start` on that cannot be in a field value, or the count of bytes.
    @inline(__always)
    func endOfText(from start: Int) -> Int {
        var offset = start
        while offset &+ 8 <= byteCount {
            let word = word(at: offset)
            let marks = word.bytes(below: HTTPGrammar.space) | word.bytes(equalTo: HTTPGrammar.delete)
            guard marks != 0 else {
                offset &+= 8
                continue
            }
            offset &+= marks.trailingZeroBitCount >> 3
            guard byte(at: offset) == HTTPGrammar.horizontalTab else { return offset }
            offset &+= 1
        }
        while offset < byteCount, HTTPGrammar.isText(byte(at: offset)) { offset &+= 1 }
        return offset
    }

    /// The offset of the first `wanted` in `range`, or its end.
    func firstOffset(of wanted: UInt8, in range: Range<Int>) -> Int {
        var offset = range.lowerBound
        while offset &+ 8 <= range.upperBound {
            let marks = word(at: offset).bytes(equalTo: wanted)
            guard marks == 0 else { return offset &+ (marks.trailingZeroBitCount >> 3) }
            offset &+= 8
        }
        // The rest as one word, with some of the bytes before it, none of which is marked.
        if offset < range.upperBound, range.count >= 8 {
            offset = range.upperBound &- 8
            let marks = word(at: offset).bytes(equalTo: wanted)
            return marks == 0 ? range.upperBound : offset &+ (marks.trailingZeroBitCount >> 3)
        }
        while offset < range.upperBound, byte(at: offset) != wanted { offset &+= 1 }
        return offset
    }

    /// The offset of the first byte from `start` on that cannot be in a request target, or the count of bytes.
    ///
    /// A target is visible ASCII without `#`. RFC 3986 allows fewer characters, but clients send `|`, `{` and the
    /// like, which Node takes too, and no reader can mistake them for something else.
    @inline(__always)
    func endOfTarget(from start: Int) -> Int {
        let first = UInt8(ascii: "!")
        let fragment = UInt8(ascii: "#")
        var offset = start
        while offset &+ 8 <= byteCount {
            let word = word(at: offset)
            let marks = word.bytes(below: first) | word.bytesFromDelete | word.bytes(equalTo: fragment)
            guard marks == 0 else { return offset &+ (marks.trailingZeroBitCount >> 3) }
            offset &+= 8
        }
        while offset < byteCount {
            let byte = byte(at: offset)
            guard byte >= first, byte < HTTPGrammar.delete, byte != fragment else { return offset }
            offset &+= 1
        }
        return offset
    }

    /// The offset of the first byte from `start` on that is not a token's, or the count of bytes.
    ///
    /// Field names are letters and `-`, most of them nothing else, so only other bytes are looked up one by one.
    @inline(__always)
    package func endOfToken(from start: Int) -> Int {
        var offset = start
        while offset &+ 8 <= byteCount {
            let marks = word(at: offset).bytesOtherThanLettersAndHyphens
            guard marks != 0 else {
                offset &+= 8
                continue
            }
            offset &+= marks.trailingZeroBitCount >> 3
            guard HTTPGrammar.token.contains(byte(at: offset)) else { return offset }
            offset &+= 1
        }
        return end(of: HTTPGrammar.token, from: offset, to: byteCount)
    }

    /// Whether the two bytes at `offset`, which are there, end a line.
    @inline(__always)
    func isLineEnd(at offset: Int) -> Bool {
        byte(at: offset) == HTTPGrammar.carriageReturn && byte(at: offset &+ 1) == HTTPGrammar.lineFeed
    }

    /// The offset of the first `wanted` in a range, or the range's end.
    @inline(__always)
    func first(_ wanted: UInt8, in range: Range<Int>) -> Int {
        var offset = range.lowerBound
        while offset < range.upperBound {
            guard offset &+ 8 <= byteCount else {
                if byte(at: offset) == wanted { return offset }
                offset &+= 1
                continue
            }
            let marks = word(at: offset).bytes(equalTo: wanted)
            guard marks == 0 else { return min(offset &+ (marks.trailingZeroBitCount >> 3), range.upperBound) }
            offset &+= 8
        }
        return range.upperBound
    }

    /// The offset of the first byte from `start` on that is not in `set`, or `end`.
    ///
    /// - Parameter set: One that has all letters and `-`, as those of ``HTTPGrammar`` have: of these most texts consist.
    @inline(__always)
    func end(of set: ASCIISet, from start: Int, to end: Int) -> Int {
        var offset = start
        while offset &+ 8 <= end, word(at: offset).bytesOtherThanLettersAndHyphens == 0 { offset &+= 8 }
        while offset < end, set.contains(byte(at: offset)) { offset &+= 1 }
        return offset
    }

    /// The range without the white space at both its ends.
    @inline(__always)
    func trimming(_ range: Range<Int>) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper, HTTPGrammar.isWhitespace(byte(at: lower)) { lower &+= 1 }
        while lower < upper, HTTPGrammar.isWhitespace(byte(at: upper &- 1)) { upper &-= 1 }
        return lower..<upper
    }
}

extension UInt64 {
    /// `byte` eight times.
    @inline(__always)
    private static func all(_ byte: UInt8) -> UInt64 {
        0x0101_0101_0101_0101 &* UInt64(byte)
    }

    /// Marks the bytes below `bound`, which is at most 0x80.
    @inline(__always)
    fileprivate func bytes(below bound: UInt8) -> UInt64 {
        (self &- Self.all(bound)) & ~self & Self.all(0x80)
    }

    /// Marks the bytes that are `byte`.
    @inline(__always)
    fileprivate func bytes(equalTo byte: UInt8) -> UInt64 {
        (self ^ Self.all(byte)).bytes(below: 1)
    }

    /// Marks the bytes from 0x7F on.
    @inline(__always)
    fileprivate var bytesFromDelete: UInt64 {
        (self | (self &+ Self.all(1))) & Self.all(0x80)
    }

    /// Marks the bytes that are neither letters nor `-`. Here every mark is true: seven bits of a byte and an addend of
    /// at most 0x80 never carry into the next byte.
    @inline(__always)
    fileprivate var bytesOtherThanLettersAndHyphens: UInt64 {
        let low = Self.all(0x7F)
        let folded = (self | Self.all(0x20)) & low
        let fromA = folded &+ Self.all(0x80 - UInt8(ascii: "a"))
        let beyondZ = folded &+ Self.all(0x80 - UInt8(ascii: "z") - 1)
        let difference = self ^ Self.all(UInt8(ascii: "-"))
        let notHyphen = ((difference & low) &+ low) | difference
        return (~fromA | beyondZ | self) & notHyphen & Self.all(0x80)
    }
}
