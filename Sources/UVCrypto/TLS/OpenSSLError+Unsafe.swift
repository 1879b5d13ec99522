internal import COpenSSL

/// The thread's queue of errors: each call adds to it, none empties it.
enum OpenSSLError {
    /// Forgets what is in the queue, which a later call would take for its own.
    static func clear() { ERR_clear_error() }

    /// The reason of the first error in the queue, which is then empty; nil if there was none.
    ///
    /// The first is the cause, those behind it are of the calls around it.
    static func take() -> String? {
        defer { ERR_clear_error() }
        let code = ERR_get_error()
        guard code != 0 else { return nil }
        // An error of the system has only a number (ERR_SYSTEM_FLAG).
        if code & 0x8000_0000 != 0 { return String(cString: strerror(CInt(truncatingIfNeeded: code & 0x7FFF_FFFF))) }
        return ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(String(code, radix: 16))"
    }
}
