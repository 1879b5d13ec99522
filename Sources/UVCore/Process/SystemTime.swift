import CLibUV

/// The time of day, which may jump; for timers there is the loop's own clock.
package enum SystemTime {
    /// Milliseconds since 1970 began, UTC. See `uv_gettimeofday`.
    package static func milliseconds() -> Int64 {
        var time = uv_timeval64_t()
        guard uv_gettimeofday(&time) == 0 else { return 0 }
        return time.tv_sec * 1_000 + Int64(time.tv_usec) / 1_000
    }
}
