import CLibUV

extension EventLoop {
    /// The value of an environment variable; nil if it is not set. See `uv_os_getenv`.
    package nonisolated static func environment(_ name: String) -> String? {
        var size = 1_024
        // With a buffer that is too small libuv says how large it must be: the second try has that.
        for _ in 0..<2 {
            let value = withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { buffer -> String? in
                guard uv_os_getenv(name, buffer.baseAddress, &size) == 0 else { return nil }
                return buffer.baseAddress.map { String(cString: $0) }
            }
            if let value { return value }
        }
        return nil
    }
}

extension EventLoop {
    /// The names of all environment variables. See `uv_os_environ`.
    package nonisolated static var environmentNames: [String] {
        var items: UnsafeMutablePointer<uv_env_item_t>?
        var count: Int32 = 0
        guard uv_os_environ(&items, &count) == 0, let items else { return [] }
        defer { uv_os_free_environ(items, count) }
        return (0..<Int(count)).compactMap { items[$0].name.map { String(cString: $0) } }
    }
}
