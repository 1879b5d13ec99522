import CLibUV

extension EventLoop {
    /// Takes the loop's time anew, as Node does whenever it arms a timeout: ``now`` is that of the start of the phase,
    /// and a callback before this one may have taken long. In milliseconds. See `uv_update_time`.
    @discardableResult
    package func takeTime() -> Int64 { timers.updateNow() }

    /// A clock for what a callback may use of a turn; it leaves the loop's time as it is. In nanoseconds, from an
    /// arbitrary point. See `uv_hrtime`.
    package var preciseTime: Int64 { clock.nanoseconds }
}

extension Duration {
    /// Nanoseconds, cut to a whole number and held within `Int64`.
    package var wholeNanoseconds: Int64 { Int64(clamping: attoseconds / 1_000_000_000) }
}
