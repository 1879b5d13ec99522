import CLibUV

/// An IP address and a port.
public struct SocketAddress: Hashable, Sendable {
    /// The address in numbers, such as `127.0.0.1` or `::1`.
    public let host: String

    /// 0 to 65535.
    public let port: Int

    /// True for IPv6.
    public let isIPv6: Bool

    /// Reads an address in numbers; nil for anything else, such as a name or a port that cannot be. See `uv_inet_pton`.
    public init?(host: String, port: Int) {
        guard Self.isPort(port), host.isWholeInC else { return nil }
        self.host = host
        self.port = port
        if Self.parses(host, as: AF_INET) {
            isIPv6 = false
        } else if Self.parses(host, as: AF_INET6) {
            isIPv6 = true
        } else {
            return nil
        }
    }

    /// Reads libuv's form; nil for a family that is not IP.
    init?(_ address: UnsafePointer<sockaddr>) {
        let storage = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            let raw = storage.assumingMemoryBound(to: sockaddr_in.self)
            isIPv6 = false
            port = Int(UInt16(bigEndian: raw.pointee.sin_port))
            host = Self.text { uv_ip4_name(raw, $0, $1) }
        case AF_INET6:
            let raw = storage.assumingMemoryBound(to: sockaddr_in6.self)
            isIPv6 = true
            port = Int(UInt16(bigEndian: raw.pointee.sin6_port))
            host = Self.text { uv_ip6_name(raw, $0, $1) }
        default:
            return nil
        }
    }

    /// The address in libuv's form, for the time of `body`.
    func withRaw<Value>(_ body: (UnsafePointer<sockaddr>) -> Value) -> Value {
        var storage = sockaddr_storage()
        return withUnsafeMutablePointer(to: &storage) { storage in
            let memory = UnsafeMutableRawPointer(storage)
            // The text was parsed when this value was made, so these cannot fail.
            if isIPv6 {
                uv_ip6_addr(host, Int32(port), memory.assumingMemoryBound(to: sockaddr_in6.self))
            } else {
                uv_ip4_addr(host, Int32(port), memory.assumingMemoryBound(to: sockaddr_in.self))
            }
            return body(UnsafePointer(memory.assumingMemoryBound(to: sockaddr.self)))
        }
    }

    /// What libuv's `getsockname` or `getpeername` says of a handle.
    static func of(
        _ handle: UnsafePointer<uv_tcp_t>,
        _ function: (UnsafePointer<uv_tcp_t>?, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<Int32>?) -> Int32
    ) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = Int32(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { storage in
            let address = UnsafeMutableRawPointer(storage).assumingMemoryBound(to: sockaddr.self)
            return function(handle, address, &length) == 0 ? SocketAddress(address) : nil
        }
    }

    /// Whether libuv can tell the address of a handle, or with which error it could not be bound.
    static func status(of handle: UnsafePointer<uv_tcp_t>) -> Int32 {
        var storage = sockaddr_storage()
        var length = Int32(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { storage in
            uv_tcp_getsockname(handle, UnsafeMutableRawPointer(storage).assumingMemoryBound(to: sockaddr.self), &length)
        }
    }

    static func isPort(_ number: Int) -> Bool { (0...65_535).contains(number) }

    private static func parses(_ text: String, as family: Int32) -> Bool {
        var address = in6_addr()
        return uv_inet_pton(family, text, &address) == 0
    }

    private static func text(_ name: (UnsafeMutablePointer<CChar>, Int) -> Int32) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            guard let start = buffer.baseAddress, name(start, buffer.count) == 0 else { return "" }
            return String(cString: start)
        }
    }
}

extension SocketAddress: CustomStringConvertible {
    public var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
