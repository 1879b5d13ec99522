import CLibUV

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The mode of the process's terminal, and its way back: a shell in raw mode shows nothing of what is typed.
@LoopActor
enum TerminalMode {
    static func set(_ isRaw: Bool, of terminal: Socket) throws(LoopError) {
        guard let handle = terminal.state.handle, handle.isOpen, handle.raw.pointee.type == UV_TTY else {
            throw LoopError(.notTerminal, call: "uv_tty_set_mode")
        }
        if isRaw { isRestoredAtExit }
        let mode = isRaw ? UV_TTY_MODE_RAW : UV_TTY_MODE_NORMAL
        try LoopError.check(uv_tty_set_mode(handle.pointer(as: uv_tty_t.self), mode), "uv_tty_set_mode")
    }

    /// Before the terminal is closed: libuv knows the mode that it had at first by its descriptor. See
    /// `uv_tty_reset_mode`.
    static func restore() { uv_tty_reset_mode() }

    /// Once in a process: for its `exit`, and for the signals that end it and that it does not handle otherwise.
    private static let isRestoredAtExit: Void = {
        atexit { uv_tty_reset_mode() }
        for number in [SIGHUP, SIGINT, SIGTERM] where Signal(rawValue: number).isDefault {
            // What it calls may be called in a handler of signals.
            signal(number) { number in
                uv_tty_reset_mode()
                signal(number, SIG_DFL)
                raise(number)
            }
        }
    }()
}
