import UVCore

/// Counts answers by their route and status, and how long they took: what a server tells its operators.
///
/// ```
///  row = a route   ┌ a count for each status ┬ a count for each span of time ┬ the sum of the times ┐
/// ```
///
/// Made for a router's routes as they are: an answer is counted by the number of its route, with no look at a text. Times
/// are the loop's milliseconds, from the request's head to the end of the answer.
@LoopActor
package final class RequestTally {
    /// A route, as the program has written it.
    package struct Route: Sendable {
        package let method: String
        package let path: String
    }

    /// Up to how many milliseconds each span of time reaches; the last has no end.
    package nonisolated static let bounds: [Int64] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000]

    /// The statuses that have a place of their own; another one counts with the last.
    package nonisolated static let statuses = [
        101, 200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 406, 408, 409, 410, 412,
        413,
        414, 415, 416, 417, 421, 422, 425, 426, 428, 429, 431, 451, 500, 501, 502, 503, 504, 0,
    ]

    /// Those of the router; an answer of none of them counts in a row behind theirs.
    package let routes: [Route]

    /// Answers that were given up: their connections ended before they did.
    package private(set) var abortedCount = 0

    @exclusivity(unchecked) private var rows: [Int]
    /// Where the count of each status from 100 on stands in a row.
    private let places: [UInt8]

    private nonisolated static let width = statuses.count + bounds.count + 2

    /// - Parameter router: Its routes are those that are told apart.
    package init(_ router: Router) {
        routes = router.routes
        rows = Array(repeating: 0, count: (routes.count + 1) * Self.width)
        var places = [UInt8](repeating: UInt8(Self.statuses.count - 1), count: 500)
        for (place, status) in Self.statuses.enumerated() where status > 0 { places[status - 100] = UInt8(place) }
        self.places = places
    }

    /// Counts an answer that was sent.
    @inline(__always)
    func count(_ exchange: HTTPExchange, status: Int, at now: Int64) {
        let route = exchange.state.route?.target.number ?? routes.count
        let time = max(0, now - exchange.state.begunAt)
        var span = 0
        while span < Self.bounds.count, time > Self.bounds[span] { span += 1 }
        let start = min(route, routes.count) * Self.width
        let place = status >= 100 && status < 600 ? Int(places[status - 100]) : Self.statuses.count - 1
        rows[start + place] &+= 1
        rows[start + Self.statuses.count + span] &+= 1
        rows[start + Self.width - 1] &+= Int(time)
    }

    func countAborted(_ count: Int) { abortedCount &+= count }
}

// MARK: - Reading

extension RequestTally {
    /// What was counted of one route.
    package struct Row {
        fileprivate let cells: ArraySlice<Int>

        /// How many answers had the status at that place in ``RequestTally/statuses``.
        package func answers(at place: Int) -> Int { cells[cells.startIndex + place] }

        /// How many answers took longer than the bound before the span, and no longer than its own.
        package func answers(within span: Int) -> Int { cells[cells.startIndex + RequestTally.statuses.count + span] }

        /// The times of all answers together.
        package var milliseconds: Int { cells[cells.endIndex - 1] }

        /// All answers.
        package var count: Int { cells.prefix(RequestTally.statuses.count).reduce(0, +) }
    }

    /// That of the route at a place in ``routes``; behind them, of answers to requests that had none.
    package func row(_ route: Int) -> Row {
        Row(cells: rows[route * Self.width..<(route + 1) * Self.width])
    }
}

extension HTTPServer {
    /// What counts the server's answers; nil where nothing does.
    package var tally: RequestTally? {
        get { state.tally }
        set { state.tally = newValue }
    }
}
