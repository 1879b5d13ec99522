#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Standard output and standard error, for lines that must be out before anything else happens.
package enum StandardStream: Int32, Sendable {
    case output = 1
    case error = 2

    /// Whether a person looks at it.
    package var isTerminal: Bool { isatty(rawValue) == 1 }

    /// How many characters fit in a line of the terminal; nil where it is none. See `man 4 tty_ioctl`.
    package var width: Int? {
        var size = winsize()
        guard ioctl(rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Writes `text`. See ``write(_:)-([UInt8])``.
    package func write(_ text: String) { write(Array(text.utf8)) }

    /// Writes `bytes` in one piece if the system can take them.
    ///
    /// What it cannot take now is dropped: the loop must not stand still because no process empties a pipe, and a full
    /// disk or a closed pipe has nowhere to be reported.
    package func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty, isReady() {
            let count = rest.withUnsafeBytes { posixWrite(rawValue, $0) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Writes all of `bytes` and waits while a pipe is full: for programs whose output is what they are for.
    ///
    /// A signal ends the wait, so that it can be handled; the rest is dropped then.
    /// - Returns: False when no process will ever read it, also where the program was started with it closed.
    package func writeAll(_ bytes: [UInt8]) -> Bool {
        if StandardDescriptors.closed.contains(rawValue) { return false }
        var rest = bytes[...]
        while !rest.isEmpty, isReady(within: -1) {
            let count = rest.withUnsafeBytes { posixWrite(rawValue, $0) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// - Parameter milliseconds: 0 asks, −1 waits. See `poll`.
    private func isReady(within milliseconds: Int32 = 0) -> Bool {
        var descriptor = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
        return poll(&descriptor, 1, milliseconds) == 1
    }
}

/// The system's `write`, in pieces of at most what a pipe takes without blocking.
private func posixWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, min(bytes.count, 4_096))
}
