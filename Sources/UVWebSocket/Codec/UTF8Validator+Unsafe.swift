extension UTF8Validator {
    /// Takes the next bytes of the text.
    ///
    /// The loads are not checked one by one: that would halve the speed of everything that is not ASCII.
    /// - Returns: `false` once the bytes so far cannot be the beginning of any UTF-8, and from then on.
    /// - Complexity: O(n): eight bytes at a time through ASCII, else one at a time.
    package mutating func append(_ bytes: RawSpan) -> Bool {
        let last = bytes.withUnsafeBytes { bytes in
            Self.transitions.withUnsafeBufferPointer { Self.run($0, over: bytes, from: state) }
        }
        // Every row holds raw values of states only.
        state = State(rawValue: last) ?? .invalid
        return state != .invalid
    }

    private static func run(
        _ transitions: UnsafeBufferPointer<UInt64>, over bytes: UnsafeRawBufferPointer, from start: State
    ) -> UInt64 {
        var state = start.rawValue
        var offset = 0
        while offset < bytes.count {
            if state == State.boundary.rawValue {
                offset = endOfASCII(in: bytes, from: offset)
            }
            // Long enough that text in another script seldom looks for ASCII, short enough to find it again soon.
            let stop = min(offset &+ 16, bytes.count)
            while offset < stop {
                // The next state is in the lowest six bits, which are all that a shift looks at.
                state = transitions[Int(bytes[offset])] &>> state
                offset &+= 1
            }
            state &= 63
        }
        return state
    }

    /// Where the whole words of ASCII that begin at `start` end.
    private static func endOfASCII(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var offset = start
        while offset &+ 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            guard word & 0x8080_8080_8080_8080 == 0 else { break }
            offset &+= 8
        }
        return offset
    }
}
