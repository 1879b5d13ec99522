extension HTTPClient {
    /// What a client allows itself and the servers that it asks.
    public struct Options: Sendable {
        /// What an answer may cost: ``HTTPLimits/head``, ``HTTPLimits/fields``, ``HTTPLimits/chunkExtensions``, and
        /// ``HTTPLimits/body`` for what is collected. Content that is read as it comes has no limit.
        public var limits = HTTPLimits()

        /// What may take how long.
        public var timeouts = Timeouts()

        /// Connections to one origin, those that are being opened too; at least one. Requests beyond it wait in line, for
        /// which ``Timeouts/whole`` alone is a limit: no server is slow there.
        public var connectionsPerOrigin = 16

        /// Connections in all; at least one.
        public var connections = 256

        /// The Unix domain socket that all connections lead to, as Node's `socketPath`, such as
        /// `/run/docker.sock`; nil for the host and the port of each URL. A URL still says what is asked for, and of which
        /// host, `http://localhost/containers/json`.
        public var socketPath: String?

        /// How many redirects are followed; 0 gives them to the program as they are. See ``ClientRequest/url``.
        public var redirects = 0

        /// The defaults.
        public init() {}
    }

    /// How long each thing may take; nil is without end.
    public struct Timeouts: Sendable, Equatable {
        /// What took too long.
        public enum Kind: Sendable, Hashable {
            /// ``Timeouts/connect``.
            case connect
            /// ``Timeouts/head``.
            case head
            /// ``Timeouts/idle``.
            case idle
            /// ``Timeouts/whole``.
            case whole
            /// ``Timeouts/continue``.
            case `continue`
        }

        /// Finding the address and opening a connection, TLS included.
        public var connect: Duration? = .seconds(10)

        /// From the end of the request to the head of its answer.
        public var head: Duration? = .seconds(60)

        /// Between two bytes of the answer while something wants them, and between two that the server takes, also behind
        /// an answer that came before the request was sent. A server that waits for the program has no limit.
        public var idle: Duration? = .seconds(60)

        /// From the call to the last byte of the answer, the wait in line for a connection included. Without end, so that an
        /// answer may be a stream.
        public var whole: Duration?

        /// How long a request with `Expect: 100-continue` waits for the server before it sends its body. RFC 9110
        /// section 10.1.1 wants no wait without end.
        public var `continue`: Duration? = .seconds(1)

        /// How long a connection that carries nothing is kept; less where the server has announced less in `Keep-Alive`.
        public var keepAlive: Duration = .seconds(15)

        /// The defaults.
        public init() {}
    }
}
