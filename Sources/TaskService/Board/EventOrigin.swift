/// Where an event was decided.
enum EventOrigin: Sendable {
    /// By this server: what follows from it is for this one to ask for.
    case own
    /// By another server, or by one that is not there any more: it was in the log.
    case other
}
