#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif
import UVCore

/// Where a chore writes: a new file, standard output, or what is no plain file, such as a pipe that has a name.
package final class OutputFile {
    private let name: String
    private let descriptor: Int32
    /// Nil for what is written to as it is.
    private let file: NewFile?
    private let interruption: Interruption

    /// Whether it is standard output.
    package var isStandard: Bool { descriptor == STDOUT_FILENO }

    /// - Parameter path: `-` for standard output.
    package init(_ path: String, until interruption: Interruption) throws(UpkeepError) {
        self.interruption = interruption
        if path.utf8.elementsEqual("-".utf8) {
            guard !StandardDescriptors.closed.contains(STDOUT_FILENO) else {
                throw .failed("standard output is closed")
            }
            (name, descriptor, file) = ("standard output", STDOUT_FILENO, nil)
        } else if Self.isSpecial(path) {
            (name, descriptor, file) = (path, try Self.openSpecial(path, until: interruption), nil)
        } else {
            let file = try NewFile(path)
            (name, descriptor, self.file) = (path, file.descriptor, file)
        }
    }

    deinit { if file == nil, descriptor > STDERR_FILENO { close(descriptor) } }

    /// Opens a pipe when another program reads it, or a device.
    private static func openSpecial(_ path: String, until interruption: Interruption) throws(UpkeepError) -> Int32 {
        while true {
            try interruption.check()
            let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK)
            if descriptor >= 0 { return descriptor }
            guard errno == ENXIO else { throw .failed("cannot open \(path): \(SystemError.last.message)") }
            poll(nil, 0, lookInterval)
        }
    }

    /// Whether there is something at `path` that is neither a file nor a folder.
    private static func isSpecial(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        return [S_IFIFO, S_IFCHR].contains(status.st_mode & S_IFMT)
    }

    /// Writes all of `bytes`.
    ///
    /// - Throws: ``UpkeepError/unread`` if no process will read it.
    package func write(_ bytes: [UInt8]) throws(UpkeepError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            try interruption.check()
            if file == nil, !isReady(descriptor, for: POLLOUT) { continue }
            // A pipe that is ready takes as much without a wait.
            let limit = file == nil ? 4_096 : rest.count
            let count = rest.withUnsafeBytes { platformWrite(descriptor, $0.prefix(limit)) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            if count < 0, errno == EPIPE { throw .unread }
            guard count > 0 else { throw .failed("cannot write \(name): \(SystemError.last.message)") }
            rest = rest.dropFirst(count)
        }
    }

    /// Gives a new file its name.
    package func finish() throws(UpkeepError) { try file?.finish() }
}

/// What a chore reads: a file, or standard input.
package final class InputFile {
    private let name: String
    private let descriptor: Int32
    private let interruption: Interruption

    /// - Parameter path: `-` for standard input.
    package init(_ path: String, until interruption: Interruption) throws(UpkeepError) {
        self.interruption = interruption
        if path.utf8.elementsEqual("-".utf8) {
            guard !StandardDescriptors.closed.contains(STDIN_FILENO) else { throw .failed("standard input is closed") }
            (name, descriptor) = ("standard input", STDIN_FILENO)
        } else {
            // A pipe that no program writes to yet is waited for when it is read.
            (name, descriptor) = (path, open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK))
            guard descriptor >= 0 else { throw .failed("cannot open \(path): \(SystemError.last.message)") }
        }
    }

    deinit { if descriptor > STDERR_FILENO { close(descriptor) } }

    /// The next bytes, 64 KiB at most; none at the end.
    package func read() throws(UpkeepError) -> [UInt8] {
        while true {
            try interruption.check()
            guard isReady(descriptor, for: POLLIN) else { continue }
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = bytes.withUnsafeMutableBytes { platformRead(descriptor, $0) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count >= 0 else { throw .failed("cannot read \(name): \(SystemError.last.message)") }
            bytes.removeLast(bytes.count - count)
            return bytes
        }
    }
}

/// How many milliseconds a wait takes at most: one that is longer is one of several, with a look in between whether the
/// operator wants an end.
private let lookInterval: Int32 = 100

/// Waits until the descriptor can be read or written, or for ``lookInterval``.
private func isReady(_ descriptor: Int32, for events: Int32) -> Bool {
    var state = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    return poll(&state, 1, lookInterval) == 1
}

// Within a class the names `read` and `write` are its own functions'.

private func platformWrite(_ descriptor: Int32, _ bytes: Slice<UnsafeRawBufferPointer>) -> Int {
    write(descriptor, UnsafeRawBufferPointer(rebasing: bytes).baseAddress, bytes.count)
}

private func platformRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
    read(descriptor, bytes.baseAddress, bytes.count)
}
