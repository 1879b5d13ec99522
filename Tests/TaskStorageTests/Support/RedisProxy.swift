import UVCore

@testable import TaskStorage

/// A way to Redis that breaks when a test says so.
@LoopActor
final class RedisProxy {
    enum Cut {
        /// The next command does not arrive.
        case command
        /// The next command arrives, and its reply does not.
        case reply
        /// No reply arrives, and the connection stays.
        case silence
    }

    /// What breaks next; it is nil again when it has.
    var cut: Cut?
    /// No connection is taken while it is set.
    var isClosed = false

    /// The next command that has these bytes waits until what was called with it lets it go on.
    var hold: (bytes: String, then: (@escaping () -> Void) -> Void)?

    private let path: String
    private var server: Server?
    private var pairs: [(client: Socket, redis: Socket)] = []

    /// Listens on a port of its own, and calls `ready`.
    init(to path: String, _ ready: @escaping @LoopActor (RedisProxy, RedisAddress?) -> Void) {
        self.path = path
        let server = Server { [weak self] client in self?.join(client) }
        self.server = server
        server.listen(port: 0, host: "127.0.0.1") { [self] in
            ready(self, server.address.flatMap { RedisAddress("redis://127.0.0.1:\($0.port)") })
        }
    }

    private func join(_ client: Socket) {
        if isClosed { return client.destroy() }
        let redis = Socket.connect(path: path)
        pairs.append((client, redis))
        client.onData = { [self] bytes in
            if cut == .command { return breakAll() }
            if let (_, then) = takeHold(of: bytes) { return then { _ = redis.write(bytes) } }
            _ = redis.write(bytes)
        }
        redis.onData = { [self] bytes in
            switch cut {
            case .reply: return breakAll()
            case .silence: return
            case .command, nil: break
            }
            _ = client.write(bytes)
        }
        client.onClose = { _ in redis.destroy() }
        redis.onClose = { _ in client.destroy() }
        client.onError = { _ in }
        redis.onError = { _ in }
    }

    private func takeHold(of bytes: [UInt8]) -> (bytes: String, then: (@escaping () -> Void) -> Void)? {
        guard let hold, bytes.firstRange(of: Array(hold.bytes.utf8)) != nil else { return nil }
        self.hold = nil
        return hold
    }

    /// Ends all connections.
    func breakAll() {
        cut = nil
        for pair in pairs {
            pair.client.destroy()
            pair.redis.destroy()
        }
        pairs.removeAll()
    }

    func close() {
        breakAll()
        server?.close()
    }
}
