#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A listening socket that never answers: its queue is full, so the system drops each further attempt to connect.
public final class SilentListener {
    public let port: Int
    private var descriptors: [Int32] = []

    /// Listens on `host` at a port that the system chooses; nil where the system does not let it.
    public init?(host: String, port: Int = 0) {
        var address = Self.address(host, port)
        let listener = Self.open()
        guard Self.call(&address, { bind(listener, $0, $1) }) == 0, listen(listener, 0) == 0 else { return nil }
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) }
        }
        guard status == 0 else { return nil }
        self.port = Int(UInt16(bigEndian: address.sin_port))
        descriptors = [listener]
        // A queue of length 0 holds one connection.
        for _ in 0..<2 {
            let filler = Self.open()
            _ = fcntl(filler, F_SETFL, O_NONBLOCK)
            _ = Self.call(&address) { connect(filler, $0, $1) }
            descriptors.append(filler)
        }
    }

    deinit { for descriptor in descriptors { close(descriptor) } }

    private static func open() -> Int32 {
        #if canImport(Glibc)
            socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            socket(AF_INET, SOCK_STREAM, 0)
        #endif
    }

    private static func address(_ host: String, _ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr(host)
        return address
    }

    private static func call(
        _ address: inout sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }
}
