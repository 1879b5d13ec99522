extension EventLoop {
    /// Runs a callback that concerns one client; false when it has thrown.
    ///
    /// An error of one client must not end the program for all, as one that a timer's callback throws does: it goes to
    /// ``onUncaughtError``, else to standard error, and the program goes on. It ends only if ``onUncaughtError`` throws in
    /// its turn.
    ///
    /// - Parameter name: What the callback is called, as the end of "Error in".
    @discardableResult
    package func contain(_ name: String, _ callback: () throws -> Void) -> Bool {
        do {
            try callback()
            return true
        } catch {
            if onUncaughtError != nil {
                attempt { throw error }
            } else {
                StandardStream.error.write("Error in \(name): \(error)\n")
            }
            return false
        }
    }
}
