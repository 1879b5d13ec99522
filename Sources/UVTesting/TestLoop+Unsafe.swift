import UVCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension TestLoop {
    /// Runs `body` on a thread of its own, with a stack as large as the main thread's usually is.
    static func startThread(_ body: @escaping @Sendable () -> Void) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, 8 << 20)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        // Taken back by the thread.
        let argument = Unmanaged.passRetained(ThreadBody(run: body)).toOpaque()
        let status = pthread_create(&thread, &attributes, enterThread, argument)
        pthread_attr_destroy(&attributes)
        guard status == 0 else { fatalError("no thread for the tests' loop: error \(status)") }
    }

    private final class ThreadBody: Sendable {
        let run: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void) { self.run = run }
    }

    #if canImport(Darwin)
        private static let enterThread: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = {
            argument in
            Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
            return nil
        }
    #else
        private static let enterThread: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
            argument in
            if let argument { Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run() }
            return nil
        }
    #endif
}
