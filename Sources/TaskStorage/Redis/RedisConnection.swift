import DequeModule
import UVCore

/// A connection to Redis: commands in a row, and their replies in the same order.
///
/// ```
///   send ──▶ socket ──▶ Redis           The first commands are the connection's own: AUTH, SELECT.
///   then ◀── reader ◀── Redis           A reply that does not come in time ends it.
/// ```
@LoopActor
final class RedisConnection {
    typealias Answer = (Result<RedisReply, RedisError>) -> Void

    /// Called once when it is lost, with the reason; not behind ``close()``.
    var onLost: ((RedisError) -> Void)?

    private let reader: RedisReader
    private var socket: Socket?
    private var waiting = Deque<Answer>()
    private var timer: Timeout?
    private let loop = EventLoop.current

    /// How long a reply may take, and a connection to be made.
    private let patience: Duration

    /// Connects, and calls `ready` when commands can be sent, or why they cannot.
    init(
        to address: RedisAddress, _ patience: Duration, _ ready: @escaping (Result<Void, RedisError>) -> Void
    ) throws(RedisError) {
        precondition(
            address.encryption == nil || address.security != nil, "what is to be encrypted is sent in the clear")
        reader = try RedisReader()
        self.patience = patience
        let socket =
            switch address.place {
            case .host(let host, let port): Socket.connect(port: port, host: host, tls: address.security)
            case .path(let path): Socket.connect(path: path)
            }
        self.socket = socket
        socket.setNoDelay()
        socket.onBytes = { [weak self] bytes in self?.take(bytes) }
        socket.onError = { [weak self] error in self?.lose(.disconnected(error.description)) }
        socket.onClose = { [weak self] _ in self?.lose(.disconnected("Redis has closed the connection")) }
        greet(address, ready)
    }

    /// Whether a reply is to come.
    var isBusy: Bool { !waiting.isEmpty }

    /// Sends a command, and calls `answer` with its reply.
    func send(_ command: RedisCommand, _ answer: @escaping Answer) {
        guard let socket else { return answer(.failure(.disconnected("there is no connection"))) }
        guard let bytes = command.formatted else {
            return answer(.failure(.refused("there is no memory for the command")))
        }
        waiting.append(answer)
        if waiting.count == 1 { watch() }
        _ = socket.write(bytes)
    }

    /// Ends it. Commands that have no reply yet fail.
    func close() {
        onLost = nil
        lose(.disconnected("the connection was closed"))
    }
}

// MARK: - The greeting

extension RedisConnection {
    /// Sends the password, and which database is meant.
    private func greet(_ address: RedisAddress, _ ready: @escaping (Result<Void, RedisError>) -> Void) {
        var commands: [RedisCommand] = []
        if let password = address.password {
            var command = RedisCommand("AUTH")
            if let user = address.user { command.append(user) }
            command.append(password)
            commands.append(command)
        }
        commands.append(RedisCommand("SELECT", String(address.database)))
        var failure: RedisError?
        for (index, command) in commands.enumerated() {
            send(command) { result in
                switch result {
                case .success(.error(let message)): failure = failure ?? .refused(message)
                case .success: break
                case .failure(let error): failure = failure ?? error
                }
                if index == commands.count - 1 { ready(failure.map { .failure($0) } ?? .success(())) }
            }
        }
    }
}

// MARK: - Replies

extension RedisConnection {
    private func take(_ bytes: RawSpan) {
        do throws(RedisError) {
            try reader.feed(bytes)
            while let reply = try reader.next() {
                guard let answer = waiting.popFirst() else { throw .protocol("a reply to no command") }
                watch()
                answer(.success(reply))
                if socket == nil { return }
            }
        } catch {
            lose(error)
        }
    }

    /// The time begins anew with each reply, while more are to come.
    private func watch() {
        timer?.cancel()
        timer = nil
        guard isBusy || socket?.isConnecting == true else { return }
        timer = loop.wait(patience) { [weak self] in
            guard let self else { return }
            lose(.disconnected("Redis has not answered for \(patience)"))
        }
    }

    private func lose(_ error: RedisError) {
        guard socket != nil else { return }
        end()
        let onLost = onLost.take()
        while let answer = waiting.popFirst() { answer(.failure(error)) }
        onLost?(error)
    }

    private func end() {
        timer?.cancel()
        timer = nil
        guard let socket = socket.take() else { return }
        socket.onBytes = nil
        socket.onError = { _ in }
        socket.onClose = nil
        socket.destroy()
    }
}
