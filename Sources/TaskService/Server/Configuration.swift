import TaskStorage
import UVCore
public import UVCrypto
public import UVHTTP

/// What a ``TaskServer`` is told when it is made.
public struct Configuration: Sendable {
    /// The address or name to listen on.
    public var host = "127.0.0.1"

    /// The port to listen on; 0 lets the system choose.
    public var port = 3_000

    /// The port on this machine alone where the metrics are there without a token; nil for none, 0 lets the system choose.
    public var metricsPort: Int?

    /// The certificate, its key, and the authority of clients if they have to show certificates; nil for plain HTTP.
    public var tls: TLSConfiguration?

    /// Whether browsers are told to come by TLS alone for a year (`Strict-Transport-Security`, RFC 6797).
    public var demandsTLS = false

    /// How long the server goes on as before when it is told to stop, but for `/ready`, which says so: the time in which
    /// a load balancer finds out and sends no more requests.
    public var drain: Duration = .zero

    /// How long open answers have when the server is stopped.
    public var grace: Duration = .seconds(3)

    /// The tokens of the roles.
    public var credentials = Credentials.development

    /// The web pages that may change tasks and hear events. Empty for those that this server sends itself.
    public var origins: [WebOrigin] = []

    /// Whether the demonstrations are there outside development mode, too.
    public var isDemoEnabled = false

    /// Whether events of a KiB and more are compressed for WebSockets that offer it: `permessage-deflate`.
    public var compressesEvents = false

    /// Whether the log has a line for each request and each WebSocket, at `info`.
    public var logsRequests = false

    /// Where tasks are kept.
    public var store = StoreLocation.file("taskflow.db")

    /// How many events are kept for clients that were away; nil for 100,000 in a file, and 10,000 in memory.
    public var history: Int?

    /// How many processes serve, each as one of a ``Supervisor``'s; nil for one that is alone.
    public var processes: Int?

    /// What the work queue takes and keeps.
    public var queue = QueueLimits()

    /// Whether all servers of a store are to have ``queue`` from now on.
    public var setsForAll = false

    /// How old an event in a file may become.
    public var historyAge = HistoryLimits().age

    public init() {}

    /// Whether only this machine can reach the server.
    var isLoopback: Bool { ListenHost.isLoopback(host) }
}
