#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A program may be started with standard input, output or error closed. The next files and sockets would get their
/// numbers then, and a line for standard error would go to a client.
enum StandardDescriptors {
    /// Opens `/dev/null` in the place of each that is closed; done once in a process, as Node does at start.
    static let areOpen: Void = {
        for descriptor in 0...2 where fcntl(Int32(descriptor), F_GETFD) == -1 && errno == EBADF {
            // The lowest free number is taken, which is this one.
            _ = open("/dev/null", O_RDWR)
        }
    }()
}
