/// Why Redis has not done what it was asked for.
enum RedisError: Error {
    /// There is no connection to it, or it was lost before the reply came.
    case disconnected(String)
    /// What came is no reply.
    case `protocol`(String)
    /// It has refused the command.
    case refused(String)

    /// One sentence for the operator.
    var message: String {
        switch self {
        case .disconnected(let message): message
        case .protocol(let message): "what came is not Redis' protocol: \(message)"
        case .refused(let message): message
        }
    }
}
