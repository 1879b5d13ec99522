#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A program may be started with standard input, output or error closed. The next files and sockets would get their
/// numbers then, and a line for standard error would go to a client.
package enum StandardDescriptors {
    /// Those that were closed at first. `/dev/null` is opened in the place of each; done once in a process, as Node does
    /// at start.
    package static let closed = (0...2 as ClosedRange<Int32>).filter { descriptor in
        guard fcntl(descriptor, F_GETFD) == -1, errno == EBADF else { return false }
        // The lowest free number is taken, which is this one.
        _ = open("/dev/null", O_RDWR)
        return true
    }
}
