/// Sessions that a client may resume, each with the server that gave it. A value: it knows no clock, and no OpenSSL.
///
/// ```
///   keep: at the end ──►  a₁ b₁ a₂ c₁ a₃  ──► take: the last of that server
///                         └─ the first goes, of one server or of all, where there are too many
/// ```
struct SessionCache<Session> {
    /// The name and place by which a client has asked. Another name is another server, whatever answers there.
    struct Server: Equatable {
        let name: [UInt8]
        let place: Place
    }

    enum Place: Equatable {
        case port(Int)
        case path([UInt8])
    }

    private struct Entry {
        let server: Server
        let session: Session
        /// In seconds, of the clock that the caller reads.
        let end: Int
        let isForOneUse: Bool
    }

    /// Servers of TLS 1.3 give two tickets for each full handshake.
    static var mostOfServer: Int { 2 }
    static var mostInAll: Int { 100 }

    private var entries: [Entry] = []

    var count: Int { entries.count }

    /// Keeps a session that is good until `end`.
    ///
    /// - Parameter isForOneUse: Whether it is forgotten when it is taken, so that its connections cannot be told to be one
    ///   client's. RFC 8446 appendix C.4.
    /// - Complexity: O(``mostInAll``).
    mutating func keep(_ session: Session, of server: Server, until end: Int, isForOneUse: Bool) {
        if entries.count(where: { $0.server == server }) >= Self.mostOfServer,
            let first = entries.firstIndex(where: { $0.server == server })
        {
            entries.remove(at: first)
        } else if entries.count >= Self.mostInAll {
            entries.removeFirst()
        }
        entries.append(Entry(server: server, session: session, end: end, isForOneUse: isForOneUse))
    }

    /// The session of `server` that was kept last, if its time is not over.
    ///
    /// - Complexity: O(``mostInAll``).
    mutating func take(of server: Server, at now: Int) -> Session? {
        entries.removeAll { $0.end <= now }
        guard let last = entries.lastIndex(where: { $0.server == server }) else { return nil }
        return entries[last].isForOneUse ? entries.remove(at: last).session : entries[last].session
    }
}
