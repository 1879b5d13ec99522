#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// `exit` of C, which writes what standard output still holds; within ``EventLoop`` the name is another one's.
func endProcess(_ code: Int32) -> Never { exit(code) }
