import CLibUV

/// The one buffer into which every socket of a loop is read.
///
/// libuv asks for memory and reads into it in one step, and the callback that follows is done with the bytes when it
/// returns. So idle connections hold no memory, and reading copies nothing.
@LoopActor
struct ReadBuffer {
    /// What libuv offers by itself, and at most what one read returns.
    nonisolated static let size = 65_536

    private let start: UnsafeMutableRawPointer

    /// Allocates the buffer and makes it known to `allocate`, which gets no Swift object on its way.
    init(for loop: UnsafeMutablePointer<uv_loop_t>) {
        start = .allocate(byteCount: Self.size, alignment: 16)
        loop.pointee.data = start
    }

    /// libuv's `uv_alloc_cb`.
    static let allocate: uv_alloc_cb = { @Sendable handle, _, buffer in
        guard let base = handle?.pointee.loop.pointee.data else { return }
        buffer?.pointee = uv_buf_init(base.assumingMemoryBound(to: CChar.self), UInt32(ReadBuffer.size))
    }

    /// The first `count` bytes, for the time of `body`.
    func withBytes<Value>(_ count: Int, _ body: (RawSpan) throws -> Value) rethrows -> Value {
        try body(RawSpan(_unsafeStart: UnsafeRawPointer(start), byteCount: count))
    }

    func deallocate() { start.deallocate() }
}
