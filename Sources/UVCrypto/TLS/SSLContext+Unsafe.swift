internal import COpenSSL

/// An `SSL_CTX`: what all connections of a server, or of a client, have in common. Freed with this object.
///
/// OpenSSL's callbacks get this object, so each connection keeps it.
final class SSLContext {
    enum Role {
        case server, client
    }

    let raw: OpaquePointer
    let configuration: TLSConfiguration

    /// The names of the protocols inside, those liked more first, each behind its length. RFC 7301 section 3.1.
    let protocols: [[UInt8]]

    /// Of a server: those with its other certificates, which a client gets that asks for their names.
    private(set) var others: [SSLContext] = []

    /// Of a client: what it may resume.
    var sessions = Sessions()

    convenience init(_ role: Role, _ configuration: TLSConfiguration) throws(TLSError) {
        try Algorithms.fetchAll()
        try self.init(role, configuration, configuration.identities.first)
        guard role == .server else { return }
        for identity in configuration.identities.dropFirst() {
            others.append(try SSLContext(.server, configuration, identity))
        }
        chooseByName()
    }

    private init(
        _ role: Role, _ configuration: TLSConfiguration, _ identity: TLSIdentity?
    ) throws(TLSError) {
        OpenSSLError.clear()
        guard let raw = SSL_CTX_new(role == .server ? TLS_server_method() : TLS_client_method()) else {
            throw TLSError("no TLS", call: "SSL_CTX_new")
        }
        self.raw = raw
        self.configuration = configuration
        protocols = configuration.applicationProtocols.map { name in
            [UInt8(clamping: name.utf8.count)] + name.utf8.prefix(255)
        }
        try setRules()
        if let identity { try use(identity) }
        switch role {
        case .server: try prepareServer()
        case .client: try prepareClient()
        }
    }

    deinit { SSL_CTX_free(raw) }

    /// What holds for both ends.
    private func setRules() throws(TLSError) {
        SSL_CTX_set_options(
            raw, Self.noCompression | Self.noRenegotiation | Self.serverPreference | Self.prioritizeChaCha)
        // An idle connection gives its buffers back.
        SSL_CTX_ctrl(
            raw, SSL_CTRL_MODE, Int(SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER), nil)
        guard SSL_CTX_ctrl(raw, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil) == 1,
            SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1, setGroups("X25519:P-256")
        else { throw TLSError("this OpenSSL does not have the ciphers", call: "SSL_CTX_set_cipher_list") }
        // A key with a password would ask for it on the terminal.
        SSL_CTX_set_default_passwd_cb(raw) { _, _, _, _ in 0 }
    }

    // `SSL_OP_…`, which are macros that Swift does not see.
    private static let noCompression: UInt64 = 1 << 17
    private static let prioritizeChaCha: UInt64 = 1 << 21
    private static let serverPreference: UInt64 = 1 << 22
    private static let noRenegotiation: UInt64 = 1 << 30

    private func setGroups(_ names: String) -> Bool {
        var names = Array(names.utf8CString)
        return SSL_CTX_ctrl(raw, SSL_CTRL_SET_GROUPS_LIST, 0, &names) == 1
    }

    private func use(_ identity: TLSIdentity) throws(TLSError) {
        let (certificate, key) = (identity.certificateFile, identity.keyFile)
        guard SSL_CTX_use_certificate_chain_file(raw, certificate) == 1 else {
            throw TLSError("\(certificate) is no certificate", call: "SSL_CTX_use_certificate_chain_file")
        }
        guard SSL_CTX_use_PrivateKey_file(raw, key, SSL_FILETYPE_PEM) == 1 else {
            throw TLSError("\(key) is no key of \(certificate)", call: "SSL_CTX_use_PrivateKey_file")
        }
        guard let own = SSL_CTX_get0_certificate(raw), SSL_CTX_check_private_key(raw) == 1 else {
            throw TLSError("\(key) is no key of \(certificate)", call: "SSL_CTX_check_private_key")
        }
        // These compare with the time now: before it is -1, after it is 1.
        if X509_cmp_current_time(X509_get0_notAfter(own)) < 0 { throw TLSError("\(certificate) has expired") }
        if X509_cmp_current_time(X509_get0_notBefore(own)) > 0 { throw TLSError("\(certificate) is not valid yet") }
    }

    private func prepareServer() throws(TLSError) {
        // Sessions are in the tickets that clients keep; the server keeps none.
        SSL_CTX_ctrl(raw, SSL_CTRL_SET_SESS_CACHE_MODE, Int(SSL_SESS_CACHE_OFF), nil)
        var name = Array("taskflow".utf8)
        SSL_CTX_set_session_id_context(raw, &name, CUnsignedInt(name.count))
        chooseProtocol()
        guard let file = configuration.clientAuthorityFile else { return }
        guard SSL_CTX_load_verify_file(raw, file) == 1, let names = SSL_load_client_CA_file(file) else {
            throw TLSError("\(file) has no authorities' certificates", call: "SSL_CTX_load_verify_file")
        }
        SSL_CTX_set_client_CA_list(raw, names)
        SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
    }

    private func prepareClient() throws(TLSError) {
        SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nil)
        keepSessions()
        let offered = protocols.flatMap(\.self)
        if !offered.isEmpty { SSL_CTX_set_alpn_protos(raw, offered, CUnsignedInt(offered.count)) }
        if let file = configuration.serverAuthorityFile {
            guard SSL_CTX_load_verify_file(raw, file) == 1 else {
                throw TLSError("\(file) has no authorities' certificates", call: "SSL_CTX_load_verify_file")
            }
        } else if SSL_CTX_set_default_verify_paths(raw) != 1 {
            throw TLSError("the system has no authorities", call: "SSL_CTX_set_default_verify_paths")
        }
    }
}

// MARK: - What a client asks for

extension SSLContext {
    private static func of(_ argument: UnsafeMutableRawPointer?) -> SSLContext? {
        argument.map { Unmanaged<SSLContext>.fromOpaque($0).takeUnretainedValue() }
    }

    private var argument: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    /// Answers ALPN with the first protocol of ours that the client has, or refuses. RFC 7301 section 3.2.
    private func chooseProtocol() {
        guard !protocols.isEmpty else { return }
        SSL_CTX_set_alpn_select_cb(
            raw,
            { _, chosen, chosenCount, offered, offeredCount, argument in
                guard let ours = SSLContext.of(argument)?.protocols, let chosen, let offered else {
                    return SSL_TLSEXT_ERR_ALERT_FATAL
                }
                for one in ours {
                    // It answers with a place in the list that is named first: the client's outlives this call.
                    var (place, count) = (UnsafeMutablePointer<UInt8>?.none, UInt8(0))
                    let found = SSL_select_next_proto(
                        &place, &count, offered, offeredCount, one, CUnsignedInt(one.count))
                    guard found == OPENSSL_NPN_NEGOTIATED, let place else { continue }
                    chosen.pointee = UnsafePointer(place)
                    chosenCount?.pointee = count
                    return SSL_TLSEXT_ERR_OK
                }
                return SSL_TLSEXT_ERR_ALERT_FATAL
            }, argument)
    }

    /// Gives a client that asks for the name of another certificate that one. RFC 6066 section 3.
    private func chooseByName() {
        guard !others.isEmpty else { return }
        let callback: @convention(c) (OpaquePointer?, UnsafeMutablePointer<CInt>?, UnsafeMutableRawPointer?) -> CInt = {
            connection, _, argument in
            if let first = SSLContext.of(argument),
                let name = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name), !first.isFor(name),
                let other = first.others.first(where: { $0.isFor(name) })
            {
                SSL_set_SSL_CTX(connection, other.raw)
            }
            return SSL_TLSEXT_ERR_OK
        }
        SSL_CTX_callback_ctrl(
            raw, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB, unsafeBitCast(callback, to: (@convention(c) () -> Void).self))
        SSL_CTX_ctrl(raw, SSL_CTRL_SET_TLSEXT_SERVERNAME_ARG, 0, argument)
    }

    private func isFor(_ name: UnsafePointer<CChar>) -> Bool {
        X509_check_host(SSL_CTX_get0_certificate(raw), name, 0, 0, nil) == 1
    }
}
