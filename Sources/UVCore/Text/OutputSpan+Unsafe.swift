extension OutputSpan<UInt8> {
    /// Appends a copy of `bytes`.
    ///
    /// - Precondition: there is room for them.
    @inlinable @inline(__always)
    package mutating func append(copying bytes: RawSpan) {
        bytes.withUnsafeBytes { append(copying: $0) }
    }

    /// Appends a text that stands in the program.
    ///
    /// - Precondition: there is room for it.
    @inlinable @inline(__always)
    package mutating func append(_ text: StaticString) {
        append(copying: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @inlinable @inline(__always)
    mutating func append(copying source: UnsafeRawBufferPointer) {
        precondition(source.count <= freeCapacity, "\(source.count) bytes for \(freeCapacity) places")
        withUnsafeMutableBufferPointer { target, count in
            guard let from = source.baseAddress, let to = target.baseAddress else { return }
            UnsafeMutableRawPointer(to + count).copyMemory(from: from, byteCount: source.count)
            count += source.count
        }
    }

    /// Appends the decimal digits of `number`, and a sign where it has one.
    ///
    /// - Precondition: there is room for 20 bytes, or for as many as it has.
    package mutating func append(decimal number: Int) {
        if number < 0 { append(UInt8(ascii: "-")) }
        append(digits: number.magnitude)
    }

    /// Two digits at a time: each division costs more than all the rest.
    private mutating func append(digits number: UInt) {
        guard number >= 10 else { return append(digit: number) }
        if number >= 100 { append(digits: number / 100) }
        let last = number % 100
        append(digit: last / 10)
        append(digit: last % 10)
    }

    @inline(__always)
    private mutating func append(digit: UInt) { append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit)) }
}
