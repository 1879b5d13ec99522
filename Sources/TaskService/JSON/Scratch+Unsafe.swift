/// Memory on the stack, for a few bytes that are written and used at once.
enum Scratch {
    /// Gives what `write` writes, `room` bytes at most, to `use`.
    ///
    /// It belongs to no actor: the closure in it would be checked for its thread at run time if it did.
    static func lend(_ room: Int, _ write: (inout OutputSpan<UInt8>) -> Void, to use: (RawSpan) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { buffer in
            var output = OutputSpan(buffer: buffer, initializedCount: 0)
            write(&output)
            let count = output.finalize(for: buffer)
            use(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]).bytes)
        }
    }
}
