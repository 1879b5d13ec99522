import DequeModule
import TaskEngine

/// What a place in line is held for: of many that wait, each keeps its claim once.
protocol Claimant {
    var claim: Claim { get }
}

/// The claims that wait for work, in the order in which they came.
///
/// ```
///            first(for: lane)                take: it is asked for         leave: it is answered
///  waiting ───────────────────▶ its ticket ────────────────────▶ taken ─────────────────────────▶ gone
///     ▲                                                            │
///     └────────────────── stand: nothing was found ────────────────┘
/// ```
///
/// One that is taken keeps its place. A value without a loop: what is found is claimed by its owner.
struct ClaimDesk<Client: Claimant> {
    /// A place in the line: lower ones came earlier.
    typealias Ticket = Int

    private struct Entry {
        let client: Client
        /// Those that the claim names; nil for all. A lane is looked for in them at every offer.
        let projects: Set<PlainText?>?
        var isTaken = false

        init(_ client: Client) {
            self.client = client
            projects = client.claim.projects.map { Set($0) }
        }
    }

    /// What a worker calls a claim by.
    private struct Key: Hashable {
        let worker: PlainText
        let key: PlainText

        init?(of claim: Claim) {
            guard let key = claim.key else { return nil }
            (worker, self.key) = (claim.worker, key)
        }
    }

    private var entries: [Ticket: Entry] = [:]
    /// Those that name types, by each of them.
    private var lines: [PlainText?: Deque<Ticket>] = [:]
    /// Those that name none.
    private var anyType = Deque<Ticket>()
    private var keys: [Key: Ticket] = [:]
    private var countOfWorker: [PlainText: Int] = [:]
    private var lastTicket = 0

    /// How many claims are here.
    var count: Int { entries.count }

    var isEmpty: Bool { entries.isEmpty }

    /// Whether no other claim of that worker is taken in.
    func isFull(for worker: PlainText) -> Bool {
        count >= ClaimLimits.claims || countOfWorker[worker] ?? 0 >= ClaimLimits.claimsOfWorker
    }

    /// Takes a claim in: at the end of the line, or in a place that another has left to it.
    ///
    /// - Complexity: O(types named), and O(claims of those types) in another's place.
    mutating func enter(_ client: Client, inPlaceOf place: Ticket? = nil) -> Ticket {
        if place == nil { lastTicket += 1 }
        let ticket = place ?? lastTicket
        let claim = client.claim
        entries[ticket] = Entry(client)
        forEachLine(of: claim) { $0.insert(ticket, at: $0.place(of: ticket)) }
        if let key = Key(of: claim) { keys[key] = ticket }
        countOfWorker[claim.worker, default: 0] += 1
        return ticket
    }

    /// Takes out the claim that the same worker has made under the same key, with its place; nil if there is none, or if
    /// it is asked for: that one goes its way.
    mutating func leave(sameAs claim: Claim) -> (place: Ticket, client: Client)? {
        guard let ticket = Key(of: claim).flatMap({ keys[$0] }), entries[ticket]?.isTaken == false else { return nil }
        return leave(ticket).map { (ticket, $0) }
    }

    /// The claim that has waited longest of those that may take a task of that lane.
    ///
    /// - Complexity: O(1) where no claim names projects; else O(claims of the type that name others).
    func first(for lane: LaneName) -> Ticket? {
        let tickets = [first(in: anyType, for: lane), lines[lane.type].flatMap { first(in: $0, for: lane) }]
        return tickets.compactMap(\.self).min()
    }

    private func first(in line: Deque<Ticket>, for lane: LaneName) -> Ticket? {
        line.first { ticket in
            guard let entry = entries[ticket], !entry.isTaken else { return false }
            return entry.projects?.contains(lane.project) ?? true
        }
    }

    /// Marks a claim as asked for; nil if it is gone, or is asked for already.
    mutating func take(_ ticket: Ticket) -> Client? {
        guard let entry = entries[ticket], !entry.isTaken else { return nil }
        entries[ticket]?.isTaken = true
        return entry.client
    }

    /// Whether a claim is here and not asked for.
    func isWaiting(_ ticket: Ticket) -> Bool { entries[ticket]?.isTaken == false }

    /// Nothing was found for a claim: it stands where it stood.
    mutating func stand(_ ticket: Ticket) { entries[ticket]?.isTaken = false }

    /// Takes a claim out; nil if it is gone.
    ///
    /// - Complexity: O(types named) for the first of a line, O(claims of those types) for another.
    mutating func leave(_ ticket: Ticket) -> Client? {
        guard let entry = entries.removeValue(forKey: ticket) else { return nil }
        let claim = entry.client.claim
        forEachLine(of: claim) { line in
            let place = line.place(of: ticket)
            if place < line.count, line[place] == ticket { line.remove(at: place) }
        }
        if let key = Key(of: claim), keys[key] == ticket { keys[key] = nil }
        let count = countOfWorker[claim.worker] ?? 0
        countOfWorker[claim.worker] = count > 1 ? count - 1 : nil
        return entry.client
    }

    /// Takes all out that are not asked for, the first first.
    mutating func leaveAll() -> [Client] {
        entries.filter { !$0.value.isTaken }.keys.sorted().compactMap { leave($0) }
    }

    private mutating func forEachLine(of claim: Claim, _ change: (inout Deque<Ticket>) -> Void) {
        guard let types = claim.types else { return change(&anyType) }
        for type in types {
            change(&lines[type, default: []])
            if lines[type]?.isEmpty == true { lines[type] = nil }
        }
    }
}

extension Deque<Int> {
    /// Where that ticket is, or would be. O(log *n*), and O(1) at the ends.
    fileprivate func place(of ticket: Int) -> Int {
        guard let first, let last, ticket > first else { return 0 }
        if ticket > last { return count }
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < ticket { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// How many claims may wait.
enum ClaimLimits {
    static let claims = 10_000
    static let claimsOfWorker = 16
}
