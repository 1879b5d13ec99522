/// Why a WebSocket connection is being closed: the number in a close frame (RFC 6455 section 7.4).
///
/// Any number can be held, since an application may define its own from 3000 to 4999; `isSendable` says whether it may
/// be put on the wire.
public struct CloseCode: RawRepresentable, Hashable, Sendable {
    /// The number on the wire.
    public let rawValue: UInt16

    /// Any number, also one that may not be sent.
    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// 1000: the purpose of the connection is fulfilled.
    public static let normal = CloseCode(rawValue: 1000)
    /// 1001: the server is stopping, or the browser is leaving the page.
    public static let goingAway = CloseCode(rawValue: 1001)
    /// 1002: the peer broke a rule of RFC 6455.
    public static let protocolError = CloseCode(rawValue: 1002)
    /// 1003: a kind of message that this endpoint does not take, such as binary.
    public static let unsupportedData = CloseCode(rawValue: 1003)
    /// 1005: the close frame carried no code. Never sent.
    public static let noStatusReceived = CloseCode(rawValue: 1005)
    /// 1006: the connection was lost without a close frame. Never sent.
    public static let abnormal = CloseCode(rawValue: 1006)
    /// 1007: the content does not fit its type, such as text that is not UTF-8.
    public static let invalidPayload = CloseCode(rawValue: 1007)
    /// 1008: refused by a rule of the application.
    public static let policyViolation = CloseCode(rawValue: 1008)
    /// 1009: a message over the limit.
    public static let messageTooBig = CloseCode(rawValue: 1009)
    /// 1010: the client needs an extension that the server did not accept.
    public static let mandatoryExtension = CloseCode(rawValue: 1010)
    /// 1011: this endpoint failed.
    public static let internalError = CloseCode(rawValue: 1011)
    /// 1012: the server has to begin anew, or another one takes its place. The client may come back.
    public static let serviceRestart = CloseCode(rawValue: 1012)
    /// 1013: this endpoint has too much to do. The client may come back later.
    public static let tryAgainLater = CloseCode(rawValue: 1013)
    /// 3008: too many bytes were waiting for a client that reads too slowly. It may come back.
    public static let slowConsumer = CloseCode(rawValue: 3008)
    /// 3500: the client is not, or is no longer, allowed to be here. Coming back will not help.
    public static let notAuthorised = CloseCode(rawValue: 3500)

    /// Whether the code may appear in a close frame, from either side.
    ///
    /// RFC 6455 section 7.4 reserves 1004, 1005, 1006 and 1015 and what was not registered below 3000. IANA's registry
    /// has since added 1012, 1013 and 1014. 3000 to 4999 belong to libraries and applications.
    public var isSendable: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
