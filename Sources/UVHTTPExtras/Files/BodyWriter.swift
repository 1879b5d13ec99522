import UVCore
import UVHTTP

/// An answer that is written piece by piece: each waits until the reader has taken the one before.
@LoopActor
final class BodyWriter {
    private let response: ServerResponse
    private var waiting: UnsafeContinuation<Void, Never>?
    /// The connection has ended, or all has been sent.
    private var isOver = false

    init(_ response: ServerResponse) {
        self.response = response
        let former = response.onClose
        response.onClose = { [self] in
            isOver = true
            resume()
            try former?()
        }
        response.onDrain = { [self] in resume() }
    }

    /// Waits until the answers before it are sent, so that one that cannot be sent yet takes no memory. False when it will
    /// never be.
    func begin() async -> Bool {
        guard !isOver else { return false }
        await EventLoop.current.suspend { continuation in
            waiting = continuation
            response.whenCurrent { [self] in resume() }
        }
        return !isOver
    }

    /// Sends a piece, and waits until there is room for the next. False when no reader is left.
    func write(_ bytes: [UInt8]) async -> Bool {
        guard !isOver else { return false }
        if response.write(bytes) { return true }
        guard !isOver else { return false }
        await EventLoop.current.suspend { waiting = $0 }
        return !isOver
    }

    private func resume() {
        waiting?.resume()
        waiting = nil
    }
}

extension ServerResponse {
    /// Waits until the answers before it are sent; false when it will never be.
    func turn() async -> Bool {
        guard isWaiting else { return true }
        let (onClose, onDrain) = (onClose, onDrain)
        guard await BodyWriter(self).begin() else { return false }
        (self.onClose, self.onDrain) = (onClose, onDrain)
        return true
    }
}
