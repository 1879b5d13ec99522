#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A write to a pipe or a socket without a reader has to fail with `EPIPE` and not end the process: libuv writes
/// without `MSG_NOSIGNAL`.
enum BrokenPipes {
    /// As Node does at start; once in a process.
    static func ignoreSignal() { once }

    private static let once: Void = { _ = signal(SIGPIPE, SIG_IGN) }()
}
