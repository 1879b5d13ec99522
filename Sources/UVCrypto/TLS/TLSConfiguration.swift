/// A certificate and its key, in files of PEM.
public struct TLSIdentity: Sendable {
    /// The certificate, and behind it those between it and its authority's.
    public var certificateFile: String

    /// The private key of the certificate, without a password.
    public var keyFile: String

    /// The files' paths; they are read when a ``TLSContext`` is made.
    public init(certificateFile: String, keyFile: String) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}

/// What a ``TLSContext`` is made of.
public struct TLSConfiguration: Sendable {
    /// What a server shows to its clients: the first that is for the name that a client asks for (SNI, RFC 6066 section
    /// 3), or the first of all. A client shows the first to a server that asks.
    public var identities: [TLSIdentity]

    /// The authorities, in a file of PEM, by which a client has to be known. Without it clients are asked for nothing.
    public var clientAuthorityFile: String?

    /// The authorities, in a file of PEM, by which a server has to be known. Without it those of the system.
    public var serverAuthorityFile: String?

    /// The protocols inside, by their registered names, those liked more first (ALPN, RFC 7301). With a client that knows
    /// none of them there is no connection; one that does not ask gets one.
    public var applicationProtocols = ["http/1.1"]

    /// How long a handshake may take.
    public var handshakeTimeout: Duration = .seconds(10)

    /// How many handshakes of a server may be unfinished; one more ends the oldest of them.
    public var handshakeLimit = 1_000

    /// The time that the handshakes of a server have together in a turn of the loop, beside what the step takes that uses
    /// it up. The others go on in the turns to come, in their order; until then no connection is accepted.
    public var handshakeTimePerTurn: Duration = .milliseconds(2)

    /// The certificates to show and the authorities to believe; the rest has the values above.
    public init(
        identities: [TLSIdentity] = [], clientAuthorityFile: String? = nil, serverAuthorityFile: String? = nil
    ) {
        self.identities = identities
        self.clientAuthorityFile = clientAuthorityFile
        self.serverAuthorityFile = serverAuthorityFile
    }
}
