import CLibUV

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension Handle {
    /// Gives this stream, which has no socket, that of `other`: each has a descriptor of its own for it.
    func shareSocket(of other: Handle) throws(LoopError) {
        var descriptor: uv_os_fd_t = -1
        try LoopError.check(uv_fileno(other.raw, &descriptor), "uv_fileno")
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        // libuv's codes are those of Unix, below zero.
        if copy < 0 { throw LoopError(code: -errno, call: "fcntl") }
        let isPipe = raw.pointee.type == UV_NAMED_PIPE
        let status =
            isPipe ? uv_pipe_open(pointer(as: uv_pipe_t.self), copy) : uv_tcp_open(pointer(as: uv_tcp_t.self), copy)
        if status < 0 {
            systemClose(copy)
            throw LoopError(code: status, call: isPipe ? "uv_pipe_open" : "uv_tcp_open")
        }
    }
}

private func systemClose(_ descriptor: Int32) { _ = close(descriptor) }
