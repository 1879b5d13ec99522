import CZlib

/// zlib's stream: where the input and the output stand during a call, and what zlib keeps from one to the next.
///
/// zlib remembers its address, so it lies in memory of its own.
final class Stream {
    private let raw: UnsafeMutablePointer<z_stream>
    private let end: (UnsafeMutablePointer<z_stream>) -> Int32

    /// - Parameters:
    ///   - begin: zlib's `…Init2`. What it has set up is let go of by `end`.
    init(
        begin: (UnsafeMutablePointer<z_stream>) -> Int32, end: @escaping (UnsafeMutablePointer<z_stream>) -> Int32
    ) throws(CompressionError) {
        raw = .allocate(capacity: 1)
        raw.initialize(to: z_stream())
        self.end = end
        // It fails for want of memory alone: the arguments are our own.
        guard begin(raw) == Z_OK else {
            raw.deallocate()
            throw .outOfMemory
        }
    }

    deinit {
        _ = end(raw)
        raw.deallocate()
    }

    /// What one call of zlib has done.
    struct Step {
        let status: Int32
        /// How many bytes of the input were taken.
        let taken: Int
    }

    /// Calls `work` once, with `input` from `start` on and room for `room` bytes more in `output`.
    func step(
        _ input: RawSpan, from start: Int, into output: inout [UInt8], room: Int,
        _ work: (UnsafeMutablePointer<z_stream>) -> Int32
    ) -> Step {
        // zlib counts in 32 bits; the rest is for the next call.
        let count = min(input.byteCount - start, Self.longest)
        let room = min(room, Self.longest)
        return input.withUnsafeBytes { bytes in
            // zlib does not write to its input; its declaration is older than `const`.
            let first = bytes.baseAddress.map { UnsafeMutableRawPointer(mutating: $0 + start) }
            raw.pointee.next_in = first?.assumingMemoryBound(to: UInt8.self)
            raw.pointee.avail_in = UInt32(count)
            var status: Int32 = 0
            output.append(addingCapacity: room) { free in
                free.withUnsafeMutableBufferPointer { free, written in
                    raw.pointee.next_out = free.baseAddress.map { $0 + written }
                    raw.pointee.avail_out = UInt32(room)
                    status = work(raw)
                    written += room - Int(raw.pointee.avail_out)
                }
            }
            return Step(status: status, taken: count - Int(raw.pointee.avail_in))
        }
    }

    static let longest = 1 << 30

    /// zlib's words for its last error.
    var message: String { raw.pointee.msg.map { String(cString: $0) } ?? "" }

    /// What `inflate` says of its place: 128 behind a block, 64 in the last one, and how many bits of a byte are unused.
    var isBetweenBlocks: Bool { raw.pointee.data_type & 0b1000_0111 == 128 }

    /// Calls one of zlib's functions that move no bytes.
    func call(_ work: (UnsafeMutablePointer<z_stream>) -> Int32) -> Int32 { work(raw) }
}
