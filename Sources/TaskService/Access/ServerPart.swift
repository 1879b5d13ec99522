import UVCore
import UVHTTP

/// A part of the server that answers requests. The server knows its parts, and not what is in them.
@LoopActor
protocol ServerPart {
    /// Adds its routes, each behind the gate that its callers pass.
    func addRoutes(to router: Router, behind gates: Gates)
}
