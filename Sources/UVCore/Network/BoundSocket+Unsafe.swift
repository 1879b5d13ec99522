import CLibUV

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A TCP socket that has its address and does not listen: it is for a program that this one starts, which listens with it.
///
/// Connections that wait at it stay there while this process keeps it, also when the program that listened has ended. Of
/// several sockets with one address (`SO_REUSEPORT`; `man 7 socket`) each one that listens gets a share of the connections.
/// libuv 1.44 has no call for that.
package final class BoundSocket {
    package let address: SocketAddress
    package private(set) var descriptor: Int32?

    deinit { close() }

    /// Gives it up: the system goes on while another process has it.
    package func close() {
        if let descriptor = descriptor.take() { systemClose(descriptor) }
    }

    /// So many sockets at one address. With port 0 the system chooses a port, for all of them the same.
    ///
    /// - Throws: `EADDRINUSE` where a socket listens there already, also one that would share.
    package static func several(_ count: Int, at address: SocketAddress) throws(LoopError) -> [BoundSocket] {
        // It does not share, and is given up at once: without it a second server would take a part of the first one's
        // connections.
        if address.port != 0 { _ = try BoundSocket(address, isShared: false) }
        var sockets = [try BoundSocket(address, isShared: true)]
        while sockets.count < count { sockets.append(try BoundSocket(sockets[0].address, isShared: true)) }
        return sockets
    }

    private init(_ address: SocketAddress, isShared: Bool) throws(LoopError) {
        let descriptor = try Self.check(
            socket(address.isIPv6 ? AF_INET6 : AF_INET, Self.stream, 0), "socket")
        do throws(LoopError) {
            try Self.check(fcntl(descriptor, F_SETFD, FD_CLOEXEC), "fcntl")
            // As libuv does: connections of a server that has ended are no hindrance.
            try Self.set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
            if isShared { try Self.set(descriptor, SOL_SOCKET, SO_REUSEPORT, 1) }
            if address.isIPv6 { try Self.set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0) }
            let length = address.isIPv6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
            try Self.check(address.withRaw { bind(descriptor, $0, socklen_t(length)) }, "bind")
            self.address = try Self.address(of: descriptor)
        } catch {
            systemClose(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    private static func address(of descriptor: Int32) throws(LoopError) -> SocketAddress {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let (status, address) = withUnsafeMutablePointer(to: &storage) { storage in
            let raw = UnsafeMutableRawPointer(storage).assumingMemoryBound(to: sockaddr.self)
            let status = getsockname(descriptor, raw, &length)
            return (status, status == 0 ? SocketAddress(raw) : nil)
        }
        try check(status, "getsockname")
        guard let address else { throw .invalid("getsockname") }
        return address
    }

    private static func set(
        _ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32
    ) throws(LoopError) {
        var value = value
        try check(
            setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size)), "setsockopt")
    }

    /// Throws what `errno` says when a call of the system has failed.
    @discardableResult
    private static func check(_ result: Int32, _ call: String) throws(LoopError) -> Int32 {
        // libuv's codes are those of Unix, below zero.
        if result < 0 { throw LoopError(code: -errno, call: call) }
        return result
    }

    #if canImport(Glibc)
        private static let stream = Int32(SOCK_STREAM.rawValue)
    #else
        private static let stream = SOCK_STREAM
    #endif
}

private func systemClose(_ descriptor: Int32) { _ = close(descriptor) }
