#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A write that cannot be done has to fail, and not end the process: with `EPIPE` to a pipe or a socket without a reader
/// (libuv writes without `MSG_NOSIGNAL`), with `EFBIG` beyond the size that a file may have (`RLIMIT_FSIZE`).
enum FailedWrites {
    /// As Node does at start; once in a process.
    static func ignoreSignals() { once }

    private static let once: Void = {
        for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) }
    }()
}
