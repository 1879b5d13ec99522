#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The last resort for what must be said when nobody listens.
enum StandardError {
    /// Writes `text` in one piece. A failure has nowhere to be reported and is ignored.
    static func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            guard let start = bytes.baseAddress else { return }
            #if canImport(Darwin)
                _ = Darwin.write(STDERR_FILENO, start, bytes.count)
            #elseif canImport(Musl)
                _ = Musl.write(STDERR_FILENO, start, bytes.count)
            #else
                _ = Glibc.write(STDERR_FILENO, start, bytes.count)
            #endif
        }
    }
}
