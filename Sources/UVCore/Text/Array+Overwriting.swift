/// An array as memory for bytes that are written and forgotten again and again: all of it stays, and how many of its bytes
/// count, its owner knows. To make an array of that many bytes empty costs as much as to write a short line of them.
extension [UInt8] {
    /// Writes over the bytes from `start` on: what `write` writes, `room` bytes at most. Returns where that ends.
    ///
    /// - Complexity: O(bytes written), amortised.
    @inlinable @inline(__always)
    package mutating func overwrite(from start: Int, room: Int, _ write: (inout OutputSpan<UInt8>) -> Void) -> Int {
        if count &- start < room { makeRoom(room, behind: start) }
        return withUnsafeMutableBufferPointer { memory in
            var output = OutputSpan(buffer: memory, initializedCount: start)
            write(&output)
            return output.finalize(for: memory)
        }
    }

    /// Becomes longer, by `room` bytes behind `start` at least.
    @inlinable @inline(never)
    package mutating func makeRoom(_ room: Int, behind start: Int) {
        var larger = [UInt8](repeating: 0, count: Swift.max(256, count * 2, start + room))
        larger.withUnsafeMutableBytes { larger in withUnsafeBytes { larger.copyMemory(from: $0) } }
        self = larger
    }
}
