internal import COpenSSL

/// An `SSL_SESSION`: what a client may resume. Freed with this object.
final class SSLSession {
    let raw: OpaquePointer

    /// Owns `raw` from here on.
    init(owning raw: OpaquePointer) { self.raw = raw }

    deinit { SSL_SESSION_free(raw) }

    /// Whether its server may know it still; a connection that has broken takes its session out of use.
    var isResumable: Bool { SSL_SESSION_is_resumable(raw) == 1 }

    /// The time from which on it is of no use, in seconds since 1970: after OpenSSL's own limit, or that of its ticket.
    ///
    /// Nil for a ticket that was of no use from the start: in TLS 1.3 the lifetime 0 says that (RFC 8446 section 4.6.1), in
    /// TLS 1.2 it says nothing (RFC 5077 section 3.3).
    var end: Int? {
        let hint = Int(clamping: SSL_SESSION_get_ticket_lifetime_hint(raw))
        if hint == 0, isForOneUse { return nil }
        let length = SSL_SESSION_get_timeout(raw)
        return SSL_SESSION_get_time(raw) + (hint > 0 ? min(hint, length) : length)
    }

    var isForOneUse: Bool { SSL_SESSION_get_protocol_version(raw) >= TLS1_3_VERSION }
}

// MARK: - Of a client

extension SSLContext {
    typealias Sessions = SessionCache<SSLSession>

    /// Lets connections keep the tickets that servers give them. OpenSSL's own store would not tell servers apart.
    func keepSessions() {
        SSL_CTX_ctrl(
            raw, SSL_CTRL_SET_SESS_CACHE_MODE, Int(SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE), nil)
        SSL_CTX_sess_set_new_cb(raw) { connection, session in
            guard let session, let handle = SSLHandle.of(connection) else { return 0 }
            handle.keep(SSLSession(owning: session))
            // It is ours.
            return 1
        }
    }

    /// A session to resume with `server`.
    func takeSession(of server: Sessions.Server) -> SSLSession? {
        guard let session = sessions.take(of: server, at: time(nil)), session.isResumable else { return nil }
        return session
    }

    func keep(_ session: SSLSession, of server: Sessions.Server) {
        guard let end = session.end else { return }
        sessions.keep(session, of: server, until: end, isForOneUse: session.isForOneUse)
    }
}
