/// Settings with which the server cannot be started.
public struct ConfigurationError: Error, Hashable, Sendable {
    /// One sentence, in which no token and no password stands.
    public let message: String
}
