import UVCore

/// What the server says to a ``Turn``: of each item whether it was taken, and the tasks that were claimed.
package struct TurnAnswer: Sendable {
    /// Of one item.
    struct Verdict: Sendable {
        /// Nil where it was taken.
        var error: ItemError?

        /// The task is to be cancelled.
        var isCancelRequested = false
    }

    var outcomes: [ByteText: Verdict] = [:]
    var renewals: [ByteText: Verdict] = [:]
    package var tasks: [ClaimedTask] = []
    package var command: Command?

    /// What an admin wants of the worker.
    package enum Command: Sendable {
        /// It takes nothing more until that is taken back.
        case quiet
        /// It ends as by SIGTERM.
        case stop

        init?(_ text: String) {
            guard let known = [("quiet", Self.quiet), ("stop", .stop)].first(where: { text.isSame(as: $0.0) }) else {
                return nil
            }
            self = known.1
        }
    }

    package init() {}
}

extension TurnAnswer: Decodable {
    private struct Item: Decodable {
        let id: String
        let error: ItemError?
        let cancelRequested: Bool?

        init(from decoder: any Decoder) throws {
            let members = try decoder.members
            id = try members.decode(String.self, forKey: "id")
            error = try members.decodeIfPresent(ItemError.self, forKey: "error")
            cancelRequested = try members.decodeIfPresent(Bool.self, forKey: "cancelRequested")
        }

        var verdict: Verdict { Verdict(error: error, isCancelRequested: cancelRequested ?? false) }
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.members
        func verdicts(_ keys: JSONKey...) throws -> [ByteText: Verdict] {
            let items = try keys.flatMap { try members.decodeIfPresent([Item].self, forKey: $0) ?? [] }
            return Dictionary(items.map { (ByteText($0.id), $0.verdict) }) { first, _ in first }
        }
        outcomes = try verdicts("complete", "fail", "release")
        renewals = try verdicts("renew")
        tasks = try members.decodeIfPresent([ClaimedTask].self, forKey: "tasks") ?? []
        command = try members.decodeIfPresent(String.self, forKey: "command").flatMap(Command.init)
    }
}
