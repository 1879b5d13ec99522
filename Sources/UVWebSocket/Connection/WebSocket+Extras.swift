import UVHTTP

extension WebSocket {
    /// What few connections have, or each only at its end.
    final class Extras {
        var onPing: (([UInt8]) throws -> Void)?
        var onPong: (([UInt8]) throws -> Void)?
        var onError: ((any Error) throws -> Void)?

        /// A ping that was not answered yet because the peer does not read: only the latest counts, RFC 6455 section 5.5.3.
        var unansweredPing: [UInt8]?

        /// What the peer's close frame said, or what takes its place.
        var farewell: (code: CloseCode, reason: String)?

        /// What is kept of the message under way, once some of it had to be.
        var unfinished: UnfinishedMessages.Part?

        /// What ``WebSocket/messages`` are taken from, once they were asked for.
        var messages: MessageSource?

        /// Called behind ``onClose``.
        var closeObservers: [(CloseCode, String) throws -> Void] = []
    }

    /// The extras, made if there are none.
    func makeExtras() -> Extras {
        if let extras { return extras }
        let made = Extras()
        extras = made
        return made
    }
}
