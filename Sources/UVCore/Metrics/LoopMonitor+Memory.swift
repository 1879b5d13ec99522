import CLibUV

/// What a process holds, in bytes.
package struct ProcessMemory: Sendable, Hashable {
    /// Memory of the machine that it occupies. See `uv_resident_set_memory`.
    package let resident: Int

    /// What malloc has from the system; 0 where the C library does not tell.
    package let heapTotal: Int

    /// What of that is in use.
    package let heapUsed: Int

    /// - Complexity: O(free blocks of the heap).
    package static func now() -> ProcessMemory {
        var resident = 0
        // Without an answer (a system without /proc) it stays 0.
        uv_resident_set_memory(&resident)
        let heap = clibuv_heap_now()
        return ProcessMemory(
            resident: resident, heapTotal: Int(clamping: heap.total), heapUsed: Int(clamping: heap.used))
    }

    /// Gives what malloc keeps for later back to the system, where it can.
    package static func trim() { clibuv_heap_trim() }
}

extension LoopMonitor {
    /// Handles that are open, the loop's own four included.
    ///
    /// - Complexity: O(handles).
    package var handleCount: Int {
        var count = 0
        loop.forEachHandle { _ in count += 1 }
        return count
    }

    /// Bytes in the loop's buffers, and in the sockets' for what waits to be sent.
    ///
    /// - Complexity: O(handles).
    package var bufferedBytes: Int {
        var bytes = ReadBuffer.size + loop.state.outputBuffers.byteCount
        loop.forEachHandle { handle in bytes += (handle.owner as? Socket)?.writableLength ?? 0 }
        return bytes
    }
}

extension EventLoop {
    fileprivate func forEachHandle(_ body: (Handle) -> Void) {
        guard !hasEnded else { return }
        var handles: [Handle] = []
        withUnsafeMutablePointer(to: &handles) { handles in
            uv_walk(
                raw,
                { @Sendable handle, handles in
                    guard let handle, uv_is_closing(handle) == 0 else { return }
                    handles?.assumingMemoryBound(to: [Handle].self).pointee.append(Handle.wrapper(of: handle))
                }, handles)
        }
        handles.forEach(body)
    }
}
