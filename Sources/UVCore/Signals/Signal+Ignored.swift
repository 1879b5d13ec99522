#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension Signal {
    /// Whether the process ignores it: as it was started to, if it has set nothing else. `nohup` starts programs that
    /// ignore SIGHUP. See `sigaction`.
    package var isIgnored: Bool {
        var action = sigaction()
        guard sigaction(rawValue, nil, &action) == 0 else { return false }
        #if canImport(Darwin)
            let handler = action.__sigaction_u.__sa_handler
        #elseif canImport(Musl)
            let handler = action.__sa_handler.sa_handler
        #else
            let handler = action.__sigaction_handler.sa_handler
        #endif
        // `SIG_IGN` is the address 1: C compares the two as pointers.
        return unsafeBitCast(handler, to: Int.self) == 1
    }
}
