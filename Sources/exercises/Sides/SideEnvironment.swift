import UVCore

/// The environment of the programs that are compared. Of the learner's it has what a program needs to start, and nothing
/// that changes what one prints: `FORCE_COLOR`, `NODE_OPTIONS`, `UV_THREADPOOL_SIZE`, a locale, a time zone.
enum SideEnvironment {
    private static let kept = [
        "PATH", "HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FRAMEWORK_PATH",
    ]

    static let variables: [String: String] = {
        var variables = ["LANG": "C", "TZ": "UTC", "NO_COLOR": "1"]
        for name in kept { variables[name] = EventLoop.environment(name) }
        return variables
    }()
}
