import UVCore

/// What peers do, one after another: each act begins when what the one before it did has arrived.
@LoopActor
final class Turns {
    private let loop: EventLoop
    private var waiting: [(_ done: @escaping () throws -> Void) throws -> Void] = []
    private var isBusy = false

    init(on loop: EventLoop) { self.loop = loop }

    /// `act` calls `done` when what it did has arrived.
    func untilDone(_ act: @escaping (_ done: @escaping () throws -> Void) throws -> Void) throws {
        waiting.append(act)
        try next()
    }

    func inTurn(_ act: @escaping () throws -> Void) throws {
        try untilDone { [self] done in
            wait(4, done)
            try act()
        }
    }

    /// Calls `body` in the check phase behind the next `count` turns of the loop.
    func wait(_ count: Int, _ body: @escaping () throws -> Void) {
        loop.setImmediate { [self] in if count == 0 { try body() } else { wait(count - 1, body) } }
    }

    private func next() throws {
        guard !isBusy, !waiting.isEmpty else { return }
        isBusy = true
        try waiting.removeFirst()({ [self] in
            isBusy = false
            try next()
        })
    }
}
