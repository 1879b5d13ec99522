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
        var rest = number.magnitude
        var digits = 1
        var bound: UInt = 10
        while digits < 19, rest >= bound { (digits, bound) = (digits + 1, bound * 10) }
        append(repeating: UInt8(ascii: "0"), count: digits)
        var text = mutableSpan
        var position = text.count - 1
        while rest > 0 {
            text[position] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
            position -= 1
        }
    }
}
