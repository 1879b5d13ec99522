import CLibUV

/// How long the processors have worked for this process.
package struct ProcessTimes: Sendable {
    /// For the program, and for the system on its behalf.
    package let user, system: Duration

    /// See `uv_getrusage`.
    package static func now() -> ProcessTimes {
        var usage = uv_rusage_t()
        // Without an answer it stays zero.
        uv_getrusage(&usage)
        return ProcessTimes(user: Duration(usage.ru_utime), system: Duration(usage.ru_stime))
    }
}

extension Duration {
    fileprivate init(_ time: uv_timeval_t) {
        self = .seconds(Int64(time.tv_sec)) + .microseconds(Int64(time.tv_usec))
    }
}
