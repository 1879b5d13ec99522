import CLibUV

extension EventLoop {
    /// The number that the system has given this process. See `uv_os_getpid`.
    package nonisolated static var processID: Int32 { uv_os_getpid() }

    /// How many processors the process may use. See `uv_available_parallelism`.
    package nonisolated static var processorCount: Int { Int(uv_available_parallelism()) }

    /// What this machine is called; empty where the system does not say. See `uv_os_gethostname`.
    package nonisolated static var hostName: String {
        var size = Int(UV_MAXHOSTNAMESIZE)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { buffer in
            guard let start = buffer.baseAddress, uv_os_gethostname(start, &size) == 0 else { return "" }
            return String(cString: start)
        }
    }
}
