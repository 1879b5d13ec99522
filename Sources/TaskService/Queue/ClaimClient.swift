import TaskEngine
import UVHTTP

/// What waits for the answer to a claim: the response to a request, or what a test puts in its place.
@LoopActor
protocol ClaimClient {
    /// What the events are to say that the claim was asked for by.
    var requestName: RequestName { get }
    /// Whether the whole answer has been handed to the system.
    var isFinished: Bool { get }

    /// Calls `body` when the answer is done with, one way or the other.
    func whenClosed(_ body: @escaping () throws -> Void)

    /// Calls `body` when the system was given what it takes at once of the answer, with whether it has taken that.
    func whenFlushed(_ body: @escaping (_ isTaken: Bool) -> Void)

    /// The answer may take long. A client that ends its side meanwhile is cut off: it may have gone, which looks the same,
    /// and tasks are not for it.
    func beginToWait()

    /// The answer is there, or about to be.
    func endWait()

    /// The answer is to be the connection's last one.
    func endConnection()
}

extension ServerResponse: ClaimClient {
    func beginToWait() {
        onClientEnd = { destroy() }
        // They are a third of a kilobyte, and ten thousand may wait.
        request?.forgetFields()
    }

    func endWait() { onClientEnd = nil }

    func endConnection() { keepsConnection = false }
}
