import UVCore
import UVHTTP

/// Where a client that tells its position wants its events to begin.
enum ResumePoint: Hashable, Sendable {
    /// With what happens from now on: the client knows nothing yet, and wants to keep its position.
    case now
    /// Behind the event of that number in the history of that name. A number without a history names no event.
    case after(Int, epoch: ByteText?)

    /// The point of `since` and `epoch` in a query; nil without `since`.
    init?(_ query: QueryParameters) throws(QueryParameters.Invalid) {
        guard let since = query["since"] else { return nil }
        guard !since.isEmpty, let number = try query.integer("since", in: 0...Int.max) else { self = .now; return }
        self = .after(number, epoch: query["epoch"].map { ByteText($0) })
    }

    /// The point of the id that an event of a stream had: `EPOCH:SEQ`. Any other text names no event.
    init(eventID text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Self.number(parts[1]) else { self = .after(0, epoch: nil); return }
        self = .after(number, epoch: ByteText(String(decoding: parts[0], as: UTF8.self)))
    }

    private static func number(_ text: Substring.UTF8View) -> Int? {
        let isPlain = !text.isEmpty && text.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return isPlain ? Int(String(decoding: text, as: UTF8.self)) : nil
    }
}
