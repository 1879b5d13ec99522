#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Sets a variable of this process's environment, as `process.env.NAME = value` does.
func setEnvironment(_ name: String, to value: String) {
    setenv(name, value, 1)
}
