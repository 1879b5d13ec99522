import UVHTTP

/// Numbers the connections of a server in the order of their first requests.
@LoopActor
final class ConnectionNumbers {
    private var numbers: [Int: Int] = [:]

    /// The number of the connection that a request has come on.
    subscript(_ request: IncomingMessage) -> Int {
        let port = request.remoteAddress?.port ?? 0
        let number = numbers[port] ?? numbers.count + 1
        numbers[port] = number
        return number
    }
}
