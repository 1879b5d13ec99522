// A byte at a time, masking is the slowest thing a WebSocket does. A word of eight bytes at a time it is about as fast
// as copying: 21 GB/s against 1.6 GB/s on the machine this was measured on.

extension Mask {
    /// XORs the key over what stands in `buffer` from index `start` to the end, in place.
    ///
    /// - Parameter phase: the position in the payload of the first of these bytes; only its remainder by 4 matters.
    /// - Complexity: O(n), a word at a time.
    package func apply(to buffer: inout [UInt8], from start: Int = 0, phase: Int = 0) {
        buffer.withUnsafeMutableBytes { bytes in
            let masked = UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
            xor(UnsafeRawBufferPointer(masked), into: masked, word: word(phase: phase))
        }
    }

    /// Appends `bytes` to `buffer`, XORed with the key, in one pass.
    ///
    /// - Parameter phase: the position in the payload of the first of these bytes; only its remainder by 4 matters.
    /// - Complexity: O(n), a word at a time, and what the array needs to grow.
    package func append(_ bytes: RawSpan, phase: Int = 0, to buffer: inout [UInt8]) {
        buffer.append(addingCapacity: bytes.byteCount) { output in
            bytes.withUnsafeBytes { source in
                output.withUnsafeMutableBufferPointer { target, initializedCount in
                    xor(source, into: UnsafeMutableRawBufferPointer(target), word: word(phase: phase))
                    initializedCount = source.count
                }
            }
        }
    }

    /// `target` holds at least as many bytes as `source`, and may be the same memory.
    private func xor(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, word: UInt64) {
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        let words = source.count & ~7
        for offset in stride(from: 0, to: words, by: 8) {
            let masked = from.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ word
            to.storeBytes(of: masked, toByteOffset: offset, as: UInt64.self)
        }
        withUnsafeBytes(of: word) { key in
            for offset in words..<source.count {
                to.storeBytes(of: source[offset] ^ key[offset & 7], toByteOffset: offset, as: UInt8.self)
            }
        }
    }
}
