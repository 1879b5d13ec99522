import CLibUV

/// One name that is being looked up, which can be taken back.
@LoopActor
final class NameLookup {
    /// What libuv has, until its callback.
    private var request: UnsafeMutableRawPointer?

    private var isCancelled = false
    private var done: ((Result<[SocketAddress], LoopError>) -> Void)?

    nonisolated init() {}

    /// - Parameter done: Called once, later: also when the loop ends first.
    func begin(
        _ host: String, _ family: DNS.Family, on loop: EventLoop,
        _ done: @escaping (Result<[SocketAddress], LoopError>) -> Void
    ) {
        self.done = done
        if isCancelled { return loop.nextTick { [self] in end(.failure(.cancelled("uv_getaddrinfo"))) } }
        var hints = addrinfo()
        hints.ai_family = family.raw
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        do throws(LoopError) {
            try Request.start(UV_GETADDRINFO, "uv_getaddrinfo") { raw in
                guard host.isWholeInC else { return UV_EINVAL.rawValue }
                request = raw
                return uv_getaddrinfo(
                    loop.raw, raw.assumingMemoryBound(to: uv_getaddrinfo_t.self), Self.finished, host, nil, &hints)
            } done: { [self] raw, status in
                request = nil
                end(Self.addresses(in: raw.assumingMemoryBound(to: uv_getaddrinfo_t.self), status))
            }
        } catch {
            request = nil
            loop.nextTick { [self] in end(.failure(error)) }
        }
    }

    /// Answers with `ECANCELED` at once, and takes the name out of libuv's line, if no thread has it. Silent when it was
    /// answered.
    func cancel() {
        isCancelled = true
        guard let request else { return }
        request.withMemoryRebound(to: uv_req_t.self, capacity: 1) { _ = uv_cancel($0) }
        end(.failure(.cancelled("uv_getaddrinfo")))
    }

    private func end(_ result: Result<[SocketAddress], LoopError>) { done.take()?(result) }

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

extension DNS.Family {
    fileprivate var raw: Int32 {
        switch self {
        case .any: AF_UNSPEC
        case .ipv4: AF_INET
        case .ipv6: AF_INET6
        }
    }
}
