import UVCore
import UVHTTP

/// The words about an HTTP server: `http.py` says what they are for.
@LoopActor
final class HTTPWords: Vocabulary {
    private let run: ProgramRun
    private let loop: EventLoop

    private var clients: [(name: Substring, client: HTTPClientSide)] = []

    /// The client of each request that was asked.
    private var askers: [Substring: HTTPClientSide] = [:]
    private var exchanges: [Substring: HTTPExchange] = [:]
    private var leaving: [Int: String] = [:]
    private var server: HTTPServer?

    init(of run: ProgramRun, on loop: EventLoop) {
        (self.run, self.loop) = (run, loop)
    }

    var words: [Substring: (Substring) throws -> Void] {
        asks.merging(closings) { first, _ in first }.merging(ofRequests) { first, _ in first }
            .merging(ofClients) { first, _ in first }
    }

    // MARK: Clients

    private var asks: [Substring: (Substring) throws -> Void] {
        HTTPAsk.words.mapValues { ask in { [self] target in try self.ask(target, ask) } }
    }

    private var ofClients: [Substring: (Substring) throws -> Void] {
        func act(_ body: @escaping (HTTPClientSide) -> Void) -> (Substring) throws -> Void {
            { [self] target in
                guard let client = clients.first(where: { $0.name == target })?.client else { return }
                try run.turns.inTurn { body(client) }
            }
        }
        return [
            "client": { [self] in try connect($0) },
            "rest": { [self] in try askers[$0]?.sendRest() },
            "leave": act { [self] client in
                if !client.isPartial || !isEnded(client.asked.last ?? "") { client.leave() }
            },
            "reset": act { $0.socket.resetAndDestroy() },
        ]
    }

    private func connect(_ target: Substring) throws {
        try run.turns.untilDone { [self] done in
            if server?.isClosing ?? false { return try done() }
            listen { [self] port in
                let client = HTTPClientSide(on: port, run.turns) { [self] client in
                    clients.append((target, client))
                    run.turns.wait(4, done)
                    try run.call(target)
                }
                client.socket.onClose = { [self] in left(target, "\(target) got \($0) \(client.got)") }
            }
        }
    }

    /// Those that leave in one turn are told in the order of their names.
    private func left(_ target: Substring, _ line: String) {
        leaving[Int(target) ?? 0] = line
        guard leaving.count == 1 else { return }
        loop.setImmediate { [self] in
            for (_, line) in leaving.sorted(by: { $0.key < $1.key }) { run.say(line) }
            leaving = [:]
        }
    }

    private func ask(_ target: Substring, _ ask: HTTPAsk) throws {
        guard let client = clients.last?.client, !client.isOver, !client.isPartial else { return }
        (client.isOver, client.isPartial) = (ask.isLast, ask.isPartial)
        client.asked.append(target)
        askers[target] = client
        try client.send(ask.text(for: target))
    }

    // MARK: The server

    private func listen(_ then: @escaping (_ port: Int) -> Void) {
        if let server { return then(server.address?.port ?? 0) }
        let server = HTTPServer { [self] request, response in try serve(request, response) }
        server.limits.timePerTurn = .seconds(60)
        server.listen(port: 0) { then(server.address?.port ?? 0) }
        self.server = server
        watch()
    }

    private func serve(_ request: IncomingMessage, _ response: ServerResponse) throws {
        let target = request.url.dropFirst()
        let asked = askers[target]?.asked.prefix { $0 != target } ?? []
        let exchange = HTTPExchange(request, response, behind: asked.compactMap { exchanges[$0] })
        exchanges[target] = exchange
        exchange.watch { [run] in run.say("\(target) \($0)") }
        try run.call(target)
    }

    private func ending(_ text: String) -> (Substring) -> Void {
        { [self] target in
            guard let exchange = exchanges[target], exchange.isOpen else { return }
            if askers[target]?.hasAbandoned(target) != true { exchange.end(text) }
        }
    }

    private var ofRequests: [Substring: (Substring) throws -> Void] {
        func onOpen(_ act: @escaping (HTTPExchange) -> Void) -> (Substring) -> Void {
            { [self] in if let exchange = exchanges[$0], exchange.isOpen { act(exchange) } }
        }
        return [
            "read-body": { [self] target in exchanges[target]?.readBody { [run] in run.say("\(target) \($0)") } },
            "pause-body": onOpen { $0.pause() },
            "resume-body": { [self] in exchanges[$0]?.resume() },
            "begin-answer": onOpen { if !$0.response.headersSent { $0.response.writeHead(.ok) } },
            "write-answer": onOpen { $0.response.write("part") },
            "end-answer": ending("ok"),
            "end-empty": ending(""),
            "destroy-answer": { [self] target in
                try run.turns.inTurn { [self] in
                    if let exchange = exchanges[target], exchange.isOpen { exchange.giveUp() }
                }
            },
        ]
    }

    // MARK: Closing

    private var here: [HTTPClientSide] { clients.map(\.client).filter { !$0.socket.isDestroyed } }

    private func isIdle(_ client: HTTPClientSide) -> Bool {
        !client.isPartial && client.asked.allSatisfy(isEnded)
    }

    private func isEnded(_ target: Substring) -> Bool { exchanges[target]?.response.isEnded ?? false }

    /// Whether it ends each connection that has more to answer because its client has said so.
    private var mayClose: Bool {
        guard let server, !server.isClosing else { return false }
        return mayCloseIdle && here.allSatisfy { $0.isOver || isIdle($0) }
    }

    private var mayCloseIdle: Bool { !here.contains(where: \.isUnasked) && here.filter(isIdle).count <= 1 }

    private var closings: [Substring: (Substring) throws -> Void] {
        func act(_ body: @escaping @LoopActor (Substring) throws -> Void) -> (Substring) throws -> Void {
            { [run] target in try run.turns.inTurn { try body(target) } }
        }
        return [
            "close-http": act { [self] in if mayClose { close($0) } },
            "close-idle": act { [self] target in
                guard mayCloseIdle else { return }
                server?.closeIdleConnections()
                try run.call(target)
            },
            "close-all": act { [self] target in
                guard here.count <= 1 else { return }
                server?.closeAllConnections()
                try run.call(target)
            },
        ]
    }

    private func close(_ target: Substring) {
        server?.close { [run] in
            try run.turns.untilDone { done in
                run.turns.wait(4) {
                    run.turns.wait(0, done)
                    try run.call(target)
                }
            }
        }
    }

    /// When nothing was said for a while the clients leave, one by one, and then the server closes.
    private func watch(quiet: Int = 0, lines: Int? = nil) {
        let lines = lines ?? run.lineCount
        loop.setImmediate { [self] in
            if run.lineCount != lines { return watch() }
            if quiet < 20 { return watch(quiet: quiet + 1, lines: lines) }
            guard let client = here.first else { return server?.close() ?? () }
            try run.turns.inTurn { client.socket.destroy() }
            watch()
        }
    }
}
