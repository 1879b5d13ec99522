import CLibUV

/// Names to addresses, by the system's resolver on libuv's thread pool.
@LoopActor
public enum DNS {
    /// The addresses of `host`, in the resolver's order, which is never empty. See `uv_getaddrinfo`.
    ///
    /// An address in numbers is answered in a tick. A name takes a thread, and names take at most half of the threads at a
    /// time, rounded up: files and jobs behind them go on.
    public static func lookup(_ host: String, _ done: @escaping (Result<[SocketAddress], LoopError>) throws -> Void) {
        let loop = EventLoop.current
        if let address = SocketAddress(host: host, port: 0) { return loop.nextTick { try done(.success([address])) } }
        resolve(host, on: loop) { result in loop.enter { try done(result) } }
    }

    /// The addresses of `host`, in the resolver's order, which is never empty. See `uv_getaddrinfo`.
    ///
    /// An address in numbers is there a turn of the microtask queue later.
    public static func lookup(_ host: String) async throws(LoopError) -> [SocketAddress] {
        let loop = EventLoop.current
        if let address = SocketAddress(host: host, port: 0) {
            await loop.nextTurn()
            return [address]
        }
        return try await loop.suspend { continuation in
            lookup(host) { continuation.resume(returning: $0) }
        }.get()
    }

    /// As `lookup`, without entering a callback; `done` is called also when the loop ends first.
    static func resolve(
        _ host: String, on loop: EventLoop, _ done: @escaping (Result<[SocketAddress], LoopError>) -> Void
    ) {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        do throws(LoopError) {
            try Request.start(UV_GETADDRINFO, "uv_getaddrinfo") { raw in
                guard host.isWholeInC else { return UV_EINVAL.rawValue }
                return uv_getaddrinfo(
                    loop.raw, raw.assumingMemoryBound(to: uv_getaddrinfo_t.self), finished, host, nil, &hints)
            } done: { raw, status in
                done(addresses(in: raw.assumingMemoryBound(to: uv_getaddrinfo_t.self), status))
            }
        } catch {
            loop.nextTick { done(.failure(error)) }
        }
    }

    private static let finished: uv_getaddrinfo_cb = { @Sendable raw, status, _ in Request.finish(raw, status) }

    private static func addresses(
        in request: UnsafeMutablePointer<uv_getaddrinfo_t>, _ status: Int32
    ) -> Result<[SocketAddress], LoopError> {
        defer { uv_freeaddrinfo(request.pointee.addrinfo) }
        let addresses = sequence(first: request.pointee.addrinfo) { $0?.pointee.ai_next }
            .prefix { $0 != nil }
            .compactMap { $0?.pointee.ai_addr.flatMap { SocketAddress($0) } }
        let code = status == 0 && addresses.isEmpty ? UV_EAI_NODATA.rawValue : status
        return code < 0 ? .failure(LoopError(code: code, call: "uv_getaddrinfo")) : .success(addresses)
    }
}
