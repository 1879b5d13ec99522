extension OutputSpan<UInt8> {
    /// Appends `count` bytes, all of which `write` stores.
    ///
    /// - Precondition: there is room for them.
    @inline(__always)
    mutating func append(count more: Int, _ write: (UnsafeMutableRawPointer) -> Void) {
        precondition(more <= freeCapacity, "\(more) bytes for \(freeCapacity) places")
        withUnsafeMutableBufferPointer { target, count in
            guard let start = target.baseAddress else { return }
            write(UnsafeMutableRawPointer(start + count))
            count += more
        }
    }
}
