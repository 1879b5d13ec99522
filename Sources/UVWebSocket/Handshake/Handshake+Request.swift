package import HTTPTypes
import UVCore

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
        /// A web page that the server does not admit.
        case foreignOrigin
        /// The client did not wait for the answer: it has sent another request behind this one.
        case notAlone
        /// The server is closing: a WebSocket that it opened now would hear of no end.
        case serverIsClosing
        /// The server cannot compute the answer to the key, as without memory.
        case cannotAnswer

        /// The status of the answer.
        package var status: HTTPResponse.Status {
            switch self {
            case .methodNotGet: .methodNotAllowed
            case .notAnUpgrade, .unsupportedVersion: .upgradeRequired
            case .invalidKey, .invalidSubprotocols, .notAlone: .badRequest
            case .foreignOrigin: .forbidden
            case .serverIsClosing: .serviceUnavailable
            case .cannotAnswer: .internalServerError
            }
        }

        /// What the answer says beside its status: the version there is, the method that is allowed, the protocol to
        /// upgrade to. RFC 6455 section 4.4, RFC 9110 sections 15.5.6 and 15.5.22.
        package var fields: HTTPFields {
            var fields: HTTPFields = [.secWebSocketVersion: Handshake.version]
            switch self {
            case .methodNotGet: fields[.allow] = "GET"
            case .notAnUpgrade, .unsupportedVersion: (fields[.upgrade], fields[.connection]) = ("websocket", "Upgrade")
            case .invalidKey, .invalidSubprotocols, .foreignOrigin, .notAlone, .serverIsClosing, .cannotAnswer: break
            }
            return fields
        }

        /// One line for the answer's body and for the log.
        package var message: String {
            switch self {
            case .methodNotGet: "A WebSocket is opened with GET"
            case .notAnUpgrade: "A WebSocket needs Upgrade: websocket and Connection: Upgrade"
            case .unsupportedVersion: "\(Field.version) must be \(Handshake.version)"
            case .invalidKey: "\(Field.key) must be 16 bytes in base64"
            case .invalidSubprotocols: "\(Field.subprotocol) must be a list of different tokens"
            case .foreignOrigin: "Pages of this origin may not open this WebSocket"
            case .notAlone: "A client that asks for a WebSocket waits for the answer"
            case .serverIsClosing: "The server is closing"
            case .cannotAnswer: "The server has failed to answer"
            }
        }
    }

    /// Checks a request of HTTP/1.1 against RFC 6455 section 4.2.1.
    package static func readRequest(
        method: String, header: HeaderLookup
    ) throws(RequestError) -> Offer {
        guard method.isSame(as: "GET") else { throw .methodNotGet }
        guard contains("websocket", in: header(Field.upgrade)), contains("upgrade", in: header(Field.connection)) else {
            throw .notAnUpgrade
        }
        guard let offered = header(Field.version), offered.isSame(as: version) else { throw .unsupportedVersion }
        guard let key = header(Field.key), isValidKey(key) else { throw .invalidKey }
        guard let list = header(Field.subprotocol) else { return Offer(key: key, subprotocols: []) }
        guard let offered = subprotocols(in: list) else { throw .invalidSubprotocols }
        return Offer(key: key, subprotocols: offered)
    }
}

extension Handshake.Offer: Equatable {
    /// Whether both are the same bytes.
    package static func == (one: Self, other: Self) -> Bool {
        one.key.isSame(as: other.key)
            && one.subprotocols.elementsEqual(other.subprotocols) { $0.isSame(as: $1) }
    }
}
