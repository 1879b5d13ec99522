import UVCore

/// What a client reads in a server's answer.
extension Handshake {
    /// Why an answer does not open the WebSocket.
    package enum AnswerError: Error, Hashable, Sendable {
        /// Anything but 101: a redirect, a refusal, a server that knows no WebSockets.
        case unexpectedStatus(Int)
        /// `Upgrade` does not name `websocket`, or `Connection` does not name `Upgrade`.
        case notAnUpgrade
        /// The server did not read our key.
        case wrongAccept
        /// A subprotocol that we did not offer, or more than one.
        case unexpectedSubprotocol
        /// We offer no extension, so the server may use none.
        case unexpectedExtension

        /// One line for the log.
        package var message: String {
            switch self {
            case .unexpectedStatus(let status): "The server answered \(status) where 101 opens a WebSocket"
            case .notAnUpgrade: "The server's answer lacks Upgrade: websocket or Connection: Upgrade"
            case .wrongAccept: "The server's \(Field.accept) does not fit the key"
            case .unexpectedSubprotocol: "The server chose a subprotocol that was not offered"
            case .unexpectedExtension: "The server uses an extension that was not offered"
            }
        }
    }

    /// Checks an answer against RFC 6455 section 4.1.
    ///
    /// - Parameters:
    ///   - accept: `acceptKey(for:)` of the key that was sent.
    ///   - offered: the subprotocols that were sent.
    /// - Returns: the subprotocol that the server chose, or `nil` when it chose none, which it may.
    package static func readAnswer(
        status: Int, accept: String, offered: [String] = [], header: HeaderLookup
    ) throws(AnswerError) -> String? {
        guard status == 101 else { throw .unexpectedStatus(status) }
        guard contains("websocket", in: header(Field.upgrade)), contains("upgrade", in: header(Field.connection)) else {
            throw .notAnUpgrade
        }
        guard let answer = header(Field.accept), answer.isSame(as: accept) else { throw .wrongAccept }
        if case .some = header(Field.extensions) { throw .unexpectedExtension }
        guard let chosen = header(Field.subprotocol) else { return nil }
        guard case .some = chooseSubprotocol(offered: [chosen], supported: offered) else {
            throw .unexpectedSubprotocol
        }
        return chosen
    }
}
