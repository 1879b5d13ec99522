import CLibUV

/// A failure that libuv or the operating system reported.
///
/// The status of a C call that failed becomes one of these, by `LoopError.check` where it is thrown at once.
public struct LoopError: Error, Hashable, Sendable {
    /// What kind of failure it is, such as ``Code/addressInUse``.
    public let code: Code

    /// The libuv function that failed, such as `uv_tcp_bind`.
    public let call: String

    /// The address that could not be listened on or connected to.
    public private(set) var address: SocketAddress?

    /// What went wrong, where the code does not say it.
    public let reason: String?

    /// The failure of `call`; `reason` says what went wrong where the code does not.
    public init(_ code: Code, call: String, reason: String? = nil) {
        self.code = code
        self.call = call
        self.reason = reason
    }

    /// The failure of `call` with `code`, libuv's status, a negative number.
    public init(code: Int32, call: String, reason: String? = nil) {
        self.init(Code(rawValue: code), call: call, reason: reason)
    }

    /// The same, of an operation on `address`.
    func at(_ address: SocketAddress) -> LoopError {
        var error = self
        error.address = address
        return error
    }

    /// The code's name as Node shows it, such as `EADDRINUSE`. See `uv_err_name_r`.
    public var name: String { code.name }

    /// One sentence for people: the ``reason``, or the code's. See `uv_strerror_r`.
    public var message: String {
        reason ?? Self.text { uv_strerror_r(code.rawValue, $0, $1) }
    }

    /// Throws when `status` is one of libuv's negative codes; otherwise returns it.
    @discardableResult
    static func check(_ status: Int32, _ call: StaticString) throws(LoopError) -> Int32 {
        if status < 0 { throw LoopError(code: status, call: "\(call)") }
        return status
    }

    static func text(_ fill: (UnsafeMutablePointer<CChar>, Int) -> UnsafeMutablePointer<CChar>?) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let start = buffer.baseAddress, let text = fill(start, buffer.count) else { return "" }
            return String(cString: text)
        }
    }
}

extension LoopError: CustomStringConvertible {
    /// Name, sentence, address and call: `EADDRINUSE: address already in use 127.0.0.1:3000 (uv_listen)`.
    public var description: String {
        let place = address.map { " \($0)" } ?? ""
        return "\(name): \(message)\(place) (\(call))"
    }
}

extension LoopError {
    /// The operation was cancelled before it ran (`ECANCELED`).
    public static func cancelled(_ call: String) -> LoopError {
        LoopError(.cancelled, call: call)
    }

    /// The handle is closed, or was never opened (`ENOTCONN`).
    static func notConnected(_ call: String) -> LoopError {
        LoopError(.notConnected, call: call)
    }

    /// An argument that is not valid (`EINVAL`).
    static func invalid(_ call: String) -> LoopError {
        LoopError(.invalidArgument, call: call)
    }

    /// What the peer has said, or has not, is against the protocol or what was asked of it (`EPROTO`).
    package static func protocolError(_ call: String, _ reason: String) -> LoopError {
        LoopError(.protocolError, call: call, reason: reason)
    }

    /// The call that looks at a peer's certificate.
    package static let certificateCall = "X509_verify_cert"

    /// The peer has not proved to be the one that was asked for, or not to one that this side trusts.
    public var isCertificateRefused: Bool { code == .protocolError && call == Self.certificateCall }

    /// The peer broke the connection (`ECONNRESET`), or a write found it broken (`EPIPE`).
    public var isConnectionReset: Bool { code == .connectionReset || code == .brokenPipe }

    /// The connection has ended before its layer said so (`EOF`).
    public var isEndOfStream: Bool { code == .endOfStream }

    /// The operation was cancelled (`ECANCELED`).
    public var isCancelled: Bool { code == .cancelled }

    /// The address is taken by another program (`EADDRINUSE`).
    public var isAddressInUse: Bool { code == .addressInUse }
}
