public import UVCore

/// TLS 1.2 and 1.3 by OpenSSL 3, for the connections of a server or a client.
///
/// ```swift
/// let tls = try TLSContext(certificateFile: "server.pem", keyFile: "server.key")
/// HTTPServer(tls: tls) { request, response in response.end("Read by you alone.\n") }.listen(port: 8443)
/// ```
///
/// Ciphers have forward secrecy and are authenticated (of TLS 1.2 those of ECDHE with AES-GCM or ChaCha20), keys are
/// agreed by X25519 or P-256, renegotiation and compression are off, sessions are resumed by tickets. Those that a client
/// gets belong to the context, so its connections should share one.
@LoopActor
public final class TLSContext: SocketSecurity {
    /// What it was made of.
    public let configuration: TLSConfiguration

    /// Made when it is first needed, and kept: a program is mostly one of the two.
    private var server: SSLContext?
    private var client: SSLContext?

    /// - Throws: If a file of the configuration cannot be used.
    public init(_ configuration: TLSConfiguration) throws(TLSError) {
        self.configuration = configuration
        if configuration.identities.isEmpty {
            client = try SSLContext(.client, configuration)
        } else {
            server = try SSLContext(.server, configuration)
        }
    }

    /// The context of a server with one certificate.
    public convenience init(certificateFile: String, keyFile: String) throws(TLSError) {
        let identity = TLSIdentity(certificateFile: certificateFile, keyFile: keyFile)
        try self.init(TLSConfiguration(identities: [identity]))
    }

    /// The context of a client that trusts `serverAuthorityFile`.
    public convenience init(serverAuthorityFile: String) throws(TLSError) {
        try self.init(TLSConfiguration(serverAuthorityFile: serverAuthorityFile))
    }

    /// The context of a client that trusts the system's authorities. Where those cannot be read, its connections fail.
    public init() { configuration = TLSConfiguration() }

    /// Reads the files anew, for the connections that come. Those that are open go on as they are. No session is resumed
    /// that was agreed before.
    ///
    /// - Throws: If a file cannot be used; then all stays as it was.
    public func reload() throws(TLSError) {
        let newServer = server == nil ? nil : try SSLContext(.server, configuration)
        let newClient = client == nil ? nil : try SSLContext(.client, configuration)
        (server, client) = (newServer, newClient)
    }

    public var handshakeLimit: Int { configuration.handshakeLimit }

    public var handshakeTimePerTurn: Duration { configuration.handshakeTimePerTurn }

    public func layerForServer() throws(LoopError) -> any SocketLayer {
        let context = try made(\.server, for: .server)
        return TLSConnection(try SSLHandle(of: context, as: .server), configuration)
    }

    public func layerForClient(of host: String, port: Int) throws(LoopError) -> any SocketLayer {
        try layerForClient(of: host, at: .port(port))
    }

    public func layerForClient(of host: String, path: String) throws(LoopError) -> any SocketLayer {
        try layerForClient(of: host, at: .path(Array(path.utf8)))
    }

    private func layerForClient(
        of host: String, at place: SSLContext.Sessions.Place
    ) throws(LoopError) -> any SocketLayer {
        let context = try made(\.client, for: .client)
        return TLSConnection(try SSLHandle(of: context, as: .client(of: host, at: place)), configuration)
    }

    private func made(
        _ path: ReferenceWritableKeyPath<TLSContext, SSLContext?>, for role: SSLContext.Role
    ) throws(LoopError) -> SSLContext {
        if let context = self[keyPath: path] { return context }
        do throws(TLSError) {
            let context = try SSLContext(role, configuration)
            self[keyPath: path] = context
            return context
        } catch {
            throw .protocolError("SSL_CTX_new", error.description)
        }
    }
}
