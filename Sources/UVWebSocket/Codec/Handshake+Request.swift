/// What a server reads in a client's request.
extension Handshake {
    package struct Offer: Sendable {
        /// What `acceptKey(for:)` answers.
        package let key: String
        /// The preferred one first; empty when the client does not care.
        package let subprotocols: [String]
    }

    /// Why a request does not open a WebSocket.
    package enum RequestError: Error, Hashable, Sendable {
        case methodNotGet
        /// `Upgrade` does not name `websocket`, or `Connection` does not name `Upgrade`.
        case notAnUpgrade
        /// Answered with the version there is, in `Sec-WebSocket-Version` (RFC 6455 section 4.4).
        case unsupportedVersion
        case invalidKey
        case invalidSubprotocols

        /// The status of the answer.
        package var status: Int {
            switch self {
            case .methodNotGet: 405
            case .notAnUpgrade, .unsupportedVersion: 426
            case .invalidKey, .invalidSubprotocols: 400
            }
        }

        /// One line for the answer's body and for the log.
        package var message: String {
            switch self {
            case .methodNotGet: "A WebSocket is opened with GET"
            case .notAnUpgrade: "A WebSocket needs Upgrade: websocket and Connection: Upgrade"
            case .unsupportedVersion: "\(Field.version) must be \(Handshake.version)"
            case .invalidKey: "\(Field.key) must be 16 bytes in base64"
            case .invalidSubprotocols: "\(Field.subprotocol) must be a list of different tokens"
            }
        }
    }

    /// Checks a request of HTTP/1.1 against RFC 6455 section 4.2.1.
    package static func readRequest(
        method: String, header: HeaderLookup
    ) throws(RequestError) -> Offer {
        guard isSame(method, "GET") else { throw .methodNotGet }
        guard contains("websocket", in: header(Field.upgrade)), contains("Upgrade", in: header(Field.connection)) else {
            throw .notAnUpgrade
        }
        guard let offered = header(Field.version), isSame(offered, version) else { throw .unsupportedVersion }
        guard let key = header(Field.key), isValidKey(key) else { throw .invalidKey }
        guard let list = header(Field.subprotocol) else { return Offer(key: key, subprotocols: []) }
        guard let offered = subprotocols(in: list) else { throw .invalidSubprotocols }
        return Offer(key: key, subprotocols: offered)
    }
}

extension Handshake.Offer: Equatable {
    /// Whether both are the same bytes.
    package static func == (one: Self, other: Self) -> Bool {
        Handshake.isSame(one.key, other.key)
            && one.subprotocols.elementsEqual(other.subprotocols, by: Handshake.isSame)
    }
}
