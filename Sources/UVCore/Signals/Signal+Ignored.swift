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
    ///
    /// `SIG_IGN` is the address 1, and `SIG_DFL` is none: C compares them as pointers.
    package var isIgnored: Bool { handler == 1 }

    /// Whether the system does with it what it does where a program has said nothing.
    var isDefault: Bool { handler == 0 }

    /// The address of what handles it; nil where there is no such signal.
    private var handler: Int? {
        var action = sigaction()
        guard sigaction(rawValue, nil, &action) == 0 else { return nil }
        #if canImport(Darwin)
            let handler = action.__sigaction_u.__sa_handler
        #elseif canImport(Musl)
            let handler = action.__sa_handler.sa_handler
        #else
            let handler = action.__sigaction_handler.sa_handler
        #endif
        return unsafeBitCast(handler, to: Int.self)
    }
}
