import CLibUV

/// The tries to open one connection, to the addresses of a name. RFC 8305 sections 4 and 5.
///
/// ```
/// address 1  ├──────────────────────────────── … no answer, and given up when another one opens
/// address 2          ├────────── refused
/// address 3                     ├──────────────├ opens: it is the connection
///            0 ms    250 ms     at once
/// ```
///
/// One that does not answer holds the others up for ``delay`` and goes on beside them. The first that opens wins; if
/// none does the failure is the first one's, as the `code` of Node's `AggregateError`.
@LoopActor
final class ConnectionAttempts {
    /// The time after which the next address is tried, too: the "Connection Attempt Delay".
    nonisolated static let delay: Duration = .milliseconds(250)

    /// How many are tried at once, at most: the oldest is given up for another one.
    nonisolated static let most = 8

    private var rest: ArraySlice<SocketAddress>
    private(set) var running: [Handle] = []
    private var hasBegun = false
    private var firstError: LoopError?
    private var timer: Timeout?
    private let socket: Socket
    private let done: (Result<Handle, LoopError>) throws -> Void

    /// Begins with the first address, on the handle that the socket has.
    ///
    /// - Parameter done: Called, as a callback of the loop, with the handle that is open, or with the failure.
    init(
        of socket: Socket, to addresses: [SocketAddress], _ done: @escaping (Result<Handle, LoopError>) throws -> Void
    ) {
        self.socket = socket
        self.done = done
        rest = Self.interleaved(addresses)[...]
    }

    /// Tries the next address, and the one after it when that has failed at once or has not answered.
    func tryNext() throws {
        timer?.cancel()
        while let address = rest.popFirst() {
            if running.count >= Self.most { running.removeFirst().close() }
            do throws(LoopError) {
                try connect(to: address)
                if !rest.isEmpty { timer = socket.loop.setTimeout(Self.delay) { [self] in try tryNext() }.unref() }
                return
            } catch {
                firstError = firstError ?? error
            }
        }
        if running.isEmpty { try end(.failure(firstError ?? .notConnected("uv_tcp_connect"))) }
    }

    private func connect(to address: SocketAddress) throws(LoopError) {
        let handle = try nextHandle()
        do throws(LoopError) {
            try Request.start(UV_CONNECT, "uv_tcp_connect") { raw in
                address.withRaw { address in
                    uv_tcp_connect(
                        raw.assumingMemoryBound(to: uv_connect_t.self), handle.pointer(as: uv_tcp_t.self), address
                    ) { @Sendable request, status in Request.finish(request, status) }
                }
            } done: { [self] _, status in
                didTry(address, handle, status)
            }
        } catch {
            close(handle)
            throw error.at(address)
        }
        running.append(handle)
    }

    /// The socket's own handle first. One that has failed cannot be used again.
    private func nextHandle() throws(LoopError) -> Handle {
        if !hasBegun, let handle = socket.state.handle {
            hasBegun = true
            return handle
        }
        let handle = try Socket.makeHandle(on: socket.loop)
        handle.owner = socket
        return handle
    }

    private func didTry(_ address: SocketAddress, _ handle: Handle, _ status: Int32) {
        // One that was given up has been closed.
        guard let index = running.firstIndex(where: { $0 === handle }) else { return }
        running.remove(at: index)
        socket.loop.enter(.connect) {
            guard status < 0 else { return try end(.success(handle)) }
            close(handle)
            firstError = firstError ?? LoopError(code: status, call: "uv_tcp_connect").at(address)
            try tryNext()
        }
    }

    private func end(_ result: Result<Handle, LoopError>) throws {
        abandon()
        try done(result)
    }

    /// Gives up all that are under way.
    func abandon() {
        timer?.cancel()
        rest = []
        for handle in running { close(handle) }
        running = []
    }

    /// The socket's own handle is closed by the socket: that is its end, or another one takes its place.
    private func close(_ handle: Handle) {
        if handle !== socket.state.handle { handle.close() }
    }
}

extension ConnectionAttempts {
    /// The families take turns, beginning with that of the first address; within each the resolver's order holds.
    ///
    /// - Complexity: O(n).
    nonisolated static func interleaved(_ addresses: [SocketAddress]) -> [SocketAddress] {
        guard let first = addresses.first else { return [] }
        let preferred = addresses.filter { $0.isIPv6 == first.isIPv6 }
        let others = addresses.filter { $0.isIPv6 != first.isIPv6 }
        let pairs = zip(preferred, others).flatMap { [$0, $1] }
        return pairs + preferred.dropFirst(others.count) + others.dropFirst(preferred.count)
    }
}
