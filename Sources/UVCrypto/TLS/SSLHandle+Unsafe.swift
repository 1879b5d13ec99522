internal import COpenSSL
internal import UVCore

/// An `SSL`: one connection. Freed with this object, and by nothing else.
///
/// Each call empties the queue of errors before it, and asks what has happened at once behind it.
final class SSLHandle {
    enum Role {
        case server
        case client(of: String, at: SSLContext.Sessions.Place)
    }

    /// What a call has led to.
    enum Outcome {
        case done
        /// More bytes of the network are needed.
        case waits
        /// The peer has ended its side (`close_notify`).
        case ended
        case failed(LoopError)
    }

    private let raw: OpaquePointer
    /// Kept: OpenSSL calls both.
    private let wire = Wire()
    private let context: SSLContext
    /// Of a client: the server that it speaks with.
    private var server: SSLContext.Sessions.Server?

    init(of context: SSLContext, as role: Role) throws(LoopError) {
        OpenSSLError.clear()
        guard let raw = SSL_new(context.raw) else { throw .openSSL("SSL_new") }
        self.raw = raw
        self.context = context
        guard let bio = wire.makeBIO() else { throw .openSSL("BIO_new") }
        // Both places are the one BIO's, which the connection frees.
        SSL_set_bio(raw, bio, bio)
        switch role {
        case .server: SSL_set_accept_state(raw)
        case .client(let host, let place):
            SSL_set_connect_state(raw)
            try expect(host)
            server = .init(name: Array(host.utf8), place: place)
            // For the callback that a ticket causes, during a call of this object.
            SSL_set_ex_data(raw, 0, Unmanaged.passUnretained(self).toOpaque())
        }
    }

    deinit {
        // A connection that is freed before both ends were said takes its session out of use.
        SSL_set_shutdown(raw, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN)
        SSL_free(raw)
    }

    /// Lets the certificate be for `host` alone, and asks for it by that name. RFC 6125, RFC 6066 section 3.
    private func expect(_ host: String) throws(LoopError) {
        guard host.utf8.allSatisfy({ (1..<0x80).contains($0) }) else {
            throw .protocolError("SSL_set1_host", "the name is not ASCII, as it is in DNS")
        }
        // The dot behind a whole name, and the zone of an address, tell this machine where to look: no certificate has them.
        let whole = host.utf8.last == UInt8(ascii: ".") ? String(decoding: host.utf8.dropLast(), as: UTF8.self) : host
        if whole.isEmpty { throw .protocolError("SSL_set1_host", "the name is empty") }
        let isAddress = whole.utf8.contains(UInt8(ascii: ":"))
        let address = isAddress ? String(decoding: whole.utf8.prefix { $0 != UInt8(ascii: "%") }, as: UTF8.self) : whole
        let parameters = SSL_get0_param(raw)
        X509_VERIFY_PARAM_set_hostflags(parameters, CUnsignedInt(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        if X509_VERIFY_PARAM_set1_ip_asc(parameters, address) == 1 { return }
        OpenSSLError.clear()
        var name = Array(whole.utf8CString)
        guard SSL_set1_host(raw, whole) == 1,
            SSL_ctrl(raw, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name), &name) == 1
        else { throw .openSSL("SSL_set1_host") }
    }

    // MARK: Sessions

    static func of(_ connection: OpaquePointer?) -> SSLHandle? {
        SSL_get_ex_data(connection, 0).map { Unmanaged<SSLHandle>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Offers the server, before the first handshake, to go on with what was agreed with it before.
    func offerSession() {
        guard let server, let session = context.takeSession(of: server) else { return }
        OpenSSLError.clear()
        // If the server refuses it, the handshake is a full one.
        SSL_set_session(raw, session.raw)
    }

    func keep(_ session: SSLSession) {
        if let server { context.keep(session, of: server) }
    }

    // MARK: The conversation

    func shakeHands() -> Outcome {
        OpenSSLError.clear()
        return outcome(of: SSL_do_handshake(raw), "SSL_do_handshake")
    }

    /// Lets OpenSSL read `bytes` while `body` runs.
    func lend(_ bytes: RawSpan, to body: () -> Outcome) -> Outcome { wire.lend(bytes, to: body) }

    /// Appends all content that has arrived.
    func read(into content: inout OutputSpan<UInt8>) -> Outcome {
        while content.freeCapacity > 0 {
            OpenSSLError.clear()
            let count = content.withUnsafeMutableBufferPointer { buffer, filled in
                let free = buffer[filled...]
                let count = SSL_read(
                    raw, UnsafeMutableBufferPointer(rebasing: free).baseAddress, CInt(clamping: free.count))
                filled += Int(max(count, 0))
                return count
            }
            if count <= 0 { return outcome(of: count, "SSL_read") }
        }
        return .done
    }

    /// Encrypts `content`: whole, but where half a message of the peer's has come, such as a `KeyUpdate` in two records.
    /// OpenSSL counts that as a handshake, and encrypts nothing before its other half is read.
    ///
    /// - Returns: How many bytes it has encrypted, and what has kept it from the others.
    func write(_ content: RawSpan) -> (taken: Int, outcome: Outcome) {
        var rest = content
        while !rest.isEmpty {
            let piece = rest.extracting(first: 1 << 30)
            OpenSSLError.clear()
            let count = piece.withUnsafeBytes { SSL_write(raw, $0.baseAddress, CInt($0.count)) }
            if count <= 0 { return (content.byteCount - rest.byteCount, outcome(of: count, "SSL_write")) }
            rest = rest.extracting(droppingFirst: Int(count))
        }
        return (content.byteCount, .done)
    }

    /// Says that this side has ended; behind half a message of the peer's OpenSSL does not, and has to be asked again.
    ///
    /// - Returns: False when it has said so before.
    func shutDown() -> Bool {
        guard SSL_get_shutdown(raw) & SSL_SENT_SHUTDOWN == 0 else { return false }
        OpenSSLError.clear()
        SSL_shutdown(raw)
        return true
    }

    var outputLength: Int { wire.output.count }

    func takeOutput() -> [UInt8] { wire.takeOutput() }

    private func outcome(of result: CInt, _ call: String) -> Outcome {
        switch SSL_get_error(raw, result) {
        case SSL_ERROR_NONE: .done
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: .waits
        case SSL_ERROR_ZERO_RETURN: .ended
        default: .failed(error(of: call))
        }
    }

    private func error(of call: String) -> LoopError {
        let verdict = SSL_get_verify_result(raw)
        guard verdict == X509_V_OK else {
            OpenSSLError.clear()
            return .protocolError(
                LoopError.certificateCall, String(cString: X509_verify_cert_error_string(verdict)))
        }
        return .openSSL(call)
    }

    // MARK: What was agreed

    /// Such as `TLSv1.3`.
    var version: String { String(cString: SSL_get_version(raw)) }

    var cipher: String { SSL_CIPHER_get_name(SSL_get_current_cipher(raw)).map { String(cString: $0) } ?? "" }

    var isResumed: Bool { SSL_session_reused(raw) == 1 }

    /// The name that the client has asked for.
    var serverName: String? {
        SSL_get_servername(raw, TLSEXT_NAMETYPE_host_name).map { String(cString: $0) }
    }

    /// The protocol inside, as agreed by ALPN.
    var applicationProtocol: String? {
        var (start, count) = (UnsafePointer<UInt8>?.none, CUnsignedInt(0))
        SSL_get0_alpn_selected(raw, &start, &count)
        guard let start, count > 0 else { return nil }
        return String(decoding: UnsafeBufferPointer(start: start, count: Int(count)), as: UTF8.self)
    }
}

extension LoopError {
    /// A call that has failed, with OpenSSL's reason.
    static func openSSL(_ call: String) -> LoopError {
        .protocolError(call, OpenSSLError.take() ?? "OpenSSL gives no reason")
    }
}
