import CLibUV

/// Bytes on their way out, in memory that stays where it is while the kernel or libuv reads it.
///
/// An array's storage may move, so libuv must not keep a pointer into one. This buffer is filled by the socket, handed
/// to one write request as it is, and goes back to the loop's pool when that is done.
final class OutputBuffer {
    private var start: UnsafeMutableRawPointer
    private(set) var capacity: Int
    private(set) var count = 0

    /// The next one in the pool, while it waits there.
    fileprivate var next: OutputBuffer?

    init(capacity: Int) {
        self.capacity = capacity
        start = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { start.deallocate() }

    var isEmpty: Bool { count == 0 }

    /// - Complexity: O(`bytes`), amortised.
    func append(_ bytes: RawSpan) {
        reserve(bytes.byteCount)
        bytes.withUnsafeBytes { source in
            guard let base = source.baseAddress else { return }
            (start + count).copyMemory(from: base, byteCount: source.count)
        }
        count += bytes.byteCount
    }

    /// Appends what `write` writes, `room` bytes at most.
    ///
    /// - Complexity: O(bytes written), amortised.
    @inline(__always)
    func append(room: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        reserve(room)
        let free = UnsafeMutableBufferPointer(start: (start + count).assumingMemoryBound(to: UInt8.self), count: room)
        var output = OutputSpan(buffer: free, initializedCount: 0)
        write(&output)
        count += output.finalize(for: free)
    }

    @inline(__always)
    private func reserve(_ more: Int) {
        guard count + more > capacity else { return }
        capacity = max(count + more, capacity * 2)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        larger.copyMemory(from: start, byteCount: count)
        start.deallocate()
        start = larger
    }

    func removeAll() { count = 0 }

    func truncate(to count: Int) { self.count = min(self.count, count) }

    /// - Complexity: O(bytes that stay).
    func removeFirst(_ removed: Int) {
        count -= removed
        start.copyMemory(from: start + removed, byteCount: count)
    }

    /// All bytes, for the time of `body`, in which none is appended.
    func withBytes<Value>(_ body: (RawSpan) throws -> Value) rethrows -> Value {
        try body(RawSpan(_unsafeStart: UnsafeRawPointer(start), byteCount: count))
    }

    /// The bytes from `offset` on, as libuv takes them.
    func withBuffer<Value>(from offset: Int, _ body: (inout uv_buf_t) -> Value) -> Value {
        let base = (start + offset).assumingMemoryBound(to: CChar.self)
        var buffer = uv_buf_t(base: base, len: count - offset)
        return body(&buffer)
    }
}

/// Output buffers that wait for the next socket with something to say.
@LoopActor
struct OutputBufferPool {
    private static let capacity = 16_384
    private static let most = 64

    /// The first of those that wait, linked through themselves.
    private var free: OutputBuffer?
    private var count = 0

    nonisolated init() {}

    /// Bytes of the buffers that wait.
    var byteCount: Int { count * Self.capacity }

    @inline(__always)
    mutating func take() -> OutputBuffer {
        guard let buffer = free else { return OutputBuffer(capacity: Self.capacity) }
        free = buffer.next.take()
        count -= 1
        return buffer
    }

    /// Keeps `buffer` for reuse, unless there are enough or it has grown.
    mutating func put(_ buffer: consuming OutputBuffer) {
        guard count < Self.most, buffer.capacity == Self.capacity else { return }
        buffer.removeAll()
        buffer.next = free.take()
        free = buffer
        count += 1
    }
}
