#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Writing to a pipe or a socket that nobody reads shall fail with `EPIPE` and not end the process.
enum BrokenPipes {
    /// Done once in a process, as Node does at start.
    static let areErrors: Void = { _ = signal(SIGPIPE, SIG_IGN) }()
}
