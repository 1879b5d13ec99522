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
        /// An extension that we did not offer.
        case unexpectedExtension
        /// `permessage-deflate`, with parameters that do not answer our offer, RFC 7692 section 7.1.
        case wrongDeflate

        /// One line for the log.
        package var message: String {
            switch self {
            case .unexpectedStatus(let status): "The server answered \(status) where 101 opens a WebSocket"
            case .notAnUpgrade: "The server's answer lacks Upgrade: websocket or Connection: Upgrade"
            case .wrongAccept: "The server's \(Field.accept) does not fit the key"
            case .unexpectedSubprotocol: "The server chose a subprotocol that was not offered"
            case .wrongDeflate: "The server's \(Field.extensions) does not answer what was offered"
            case .unexpectedExtension: "The server uses an extension that was not offered"
            }
        }
    }

    /// What a server has chosen of what it was offered.
    package struct Answer: Sendable {
        package let subprotocol: String?
        package let deflate: DeflateAgreement?
    }

    /// Checks an answer against RFC 6455 section 4.1.
    ///
    /// - Parameters:
    ///   - accept: `acceptKey(for:)` of the key that was sent.
    ///   - offered: the subprotocols that were sent.
    ///   - deflate: the compression that was offered.
    /// - Returns: what the server chose; it may choose nothing.
    package static func readAnswer(
        status: Int, accept: String, offered: [String] = [], deflate: PerMessageDeflate? = nil, header: HeaderLookup
    ) throws(AnswerError) -> Answer {
        guard status == 101 else { throw .unexpectedStatus(status) }
        guard contains("websocket", in: header(Field.upgrade)), contains("upgrade", in: header(Field.connection)) else {
            throw .notAnUpgrade
        }
        guard let answer = header(Field.accept), answer.isSame(as: accept) else { throw .wrongAccept }
        let agreement = try header(Field.extensions).map { field throws(AnswerError) in
            guard let deflate else { throw .unexpectedExtension }
            guard let agreement = DeflateAgreement.read(answer: field, to: deflate) else { throw .wrongDeflate }
            return agreement
        }
        guard let chosen = header(Field.subprotocol) else { return Answer(subprotocol: nil, deflate: agreement) }
        guard case .some = chooseSubprotocol(offered: [chosen], supported: offered) else {
            throw .unexpectedSubprotocol
        }
        return Answer(subprotocol: chosen, deflate: agreement)
    }
}
