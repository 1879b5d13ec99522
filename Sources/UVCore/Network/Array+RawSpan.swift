extension [UInt8] {
    /// A copy of what lies in `bytes`.
    ///
    /// - Complexity: O(n).
    package init(copying bytes: RawSpan) {
        self = bytes.withUnsafeBytes { [UInt8]($0) }
    }

    /// Appends a copy of what lies in `bytes`.
    ///
    /// - Complexity: O(n).
    package mutating func append(copying bytes: RawSpan) {
        bytes.withUnsafeBytes { append(contentsOf: $0) }
    }

    /// Becomes a copy of what lies in `bytes`, in its own memory where that is large enough.
    ///
    /// - Complexity: O(n).
    package mutating func become(copying bytes: RawSpan) {
        guard count == bytes.byteCount else {
            removeAll(keepingCapacity: true)
            return append(copying: bytes)
        }
        withUnsafeMutableBytes { own in bytes.withUnsafeBytes { own.copyMemory(from: $0) } }
    }

    /// Appends what `write` writes, `room` bytes at most.
    ///
    /// Code of the loop calls this and not the standard library's function, which would have its closure checked for its
    /// thread at run time.
    package mutating func append(room: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        append(addingCapacity: room, initializingWith: write)
    }
}
