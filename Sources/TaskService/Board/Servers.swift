import TaskStorage
import UVCore

/// The servers that write to the log, as this one sees them.
@LoopActor
struct Servers {
    private let log: any EventLog
    /// Whether there may be others at all: then the log is asked each time.
    let areSeveral: Bool

    init(_ log: any EventLog) {
        self.log = log
        areSeveral = !log.hasOneWriter
    }

    /// Whether any other server is alive.
    var hasOthers: Bool { areSeveral && log.hasOthers }

    /// Whether this one does what one server is enough for.
    var isFirst: Bool { !areSeveral || log.isFirst }

    /// Whether no other takes this one for dead, and begins to count its leases.
    var isHeard: Bool { !areSeveral || log.isHeard }

    /// Whether the server of that number is another one, and alive. A lease without a number was given where there was one
    /// writer.
    func isAway(_ server: Int) -> Bool {
        areSeveral && server != 0 && server != log.server && log.isAlive(server)
    }

    /// Why a lease is not begun anew while this server is not heard.
    static let unheard = LogError.refused("other servers may take this one for dead")

    /// Has `body` called with the number of each server that dies.
    func onDeath(_ body: @escaping (Int) -> Void) { log.onDeath = body }
}
