/// Names to addresses, by the system's resolver on libuv's thread pool.
@LoopActor
public enum DNS {
    /// Which addresses of a name are asked for.
    public enum Family: Hashable, Sendable, CaseIterable {
        /// Both kinds, in the resolver's order.
        case any
        /// Only those of IPv4.
        case ipv4
        /// Only those of IPv6.
        case ipv6
    }

    /// The addresses of `host`, in the resolver's order, which is never empty. See `uv_getaddrinfo`.
    ///
    /// An address in numbers is answered in a tick. A name takes a thread, and names take at most half of the threads at a
    /// time, rounded up: files and jobs behind them go on.
    /// - Parameters:
    ///   - host: A name, or an address in numbers.
    ///   - family: What a name is asked for. An address in numbers comes back whatever it is, as in Node.
    ///   - done: It gets ``LoopError/Code/nameNotFound`` where no machine has the name, and
    ///     ``LoopError/Code/nameWithoutAddress`` or that where it has no address of the family.
    public static func lookup(
        _ host: String, family: Family = .any, _ done: @escaping (Result<[SocketAddress], LoopError>) throws -> Void
    ) {
        let loop = EventLoop.current
        if let address = SocketAddress(host: host, port: 0) { return loop.nextTick { try done(.success([address])) } }
        resolve(host, family, on: loop) { result in loop.enter(.lookup) { try done(result) } }
    }

    /// The addresses of `host`, in the resolver's order, which is never empty; see ``lookup(_:family:_:)``.
    ///
    /// An address in numbers is there a turn of the microtask queue later.
    /// - Throws: `ECANCELED`, at once, when the task is cancelled. A name that waits for a thread is taken back; one that a
    ///   thread has keeps the thread, and the loop, until the resolver is done with it. See `uv_cancel`.
    public static func lookup(_ host: String, family: Family = .any) async throws(LoopError) -> [SocketAddress] {
        let loop = EventLoop.current
        if let address = SocketAddress(host: host, port: 0) {
            await loop.nextTurn()
            return [address]
        }
        let lookup = NameLookup()
        return try await withTaskCancellationHandler {
            await loop.suspend { continuation in
                if Task.isCancelled { lookup.cancel() }
                lookup.begin(host, family, on: loop) { result in
                    loop.enter(.lookup) { continuation.resume(returning: result) }
                }
            }
        } onCancel: {
            LoopDoor.perform { lookup.cancel() }
        }.get()
    }

    /// As `lookup`, without entering a callback; `done` is called also when the loop ends first.
    static func resolve(
        _ host: String, _ family: Family = .any, on loop: EventLoop,
        _ done: @escaping (Result<[SocketAddress], LoopError>) -> Void
    ) {
        NameLookup().begin(host, family, on: loop, done)
    }
}
