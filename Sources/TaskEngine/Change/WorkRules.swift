/// What each field of the work queue accepts: pure functions from what a client sent to what is kept.
enum WorkRules {
    static func type(_ text: String) throws(TaskError) -> PlainText {
        guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy(isTypeByte) else { throw .invalidField(.type) }
        return PlainText(text)
    }

    static func payload(_ body: JSONBody) throws(TaskError) -> JSONBody {
        guard body.bytes.count <= JSONBody.limit else { throw .invalidField(.payload) }
        return body
    }

    static func runAt(_ instant: Timestamp, now: Timestamp) throws(TaskError) -> Timestamp {
        let tenYears: Int64 = 3_653 * 86_400_000
        guard instant.milliseconds <= now.milliseconds + tenYears else { throw .invalidField(.runAt) }
        return instant
    }

    static func count(_ number: Int, _ field: TaskField) throws(TaskError) -> Int {
        guard (1...100).contains(number) else { throw .invalidField(field) }
        return number
    }

    /// Whole numbers alone, as of priorities.
    static func count(_ number: Double, _ field: TaskField) throws(TaskError) -> Int {
        guard (1...100).contains(number), number == Double(Int(number)) else { throw .invalidField(field) }
        return Int(number)
    }

    static func seconds(
        _ number: Double, _ range: ClosedRange<Double>, _ field: TaskField
    ) throws(TaskError) -> Duration {
        guard range.contains(number) else { throw .invalidField(field) }
        return duration(number)
    }

    static func retry(
        base: Double?, factor: Double?, max: Double?, jitter: Double?
    ) throws(TaskError) -> RetryPolicy {
        guard (0.1...86_400).contains(base ?? 1), (1...10).contains(factor ?? 1),
            (0...604_800).contains(max ?? 1), (0...1).contains(jitter ?? 1)
        else { throw .invalidField(.retry) }
        var policy = RetryPolicy.standard
        if let base { policy.base = duration(base) }
        if let factor { policy.factor = factor }
        if let max { policy.max = duration(max) }
        if let jitter { policy.jitter = jitter }
        return policy
    }

    static func dependencyPolicy(_ text: String) throws(TaskError) -> DependencyPolicy {
        guard let policy = DependencyPolicy.allCases.first(where: { $0.rawValue.isSame(as: text) }) else {
            throw .invalidField(.onDependencyFailure)
        }
        return policy
    }

    static func unique(key: String, onConflict: String?) throws(TaskError) -> UniqueKey {
        let conflict = onConflict.map { text in UniqueKey.Conflict.allCases.first { $0.rawValue.isSame(as: text) } }
        guard (1...256).contains(key.utf8.count), let conflict = conflict ?? .existing else {
            throw .invalidField(.unique)
        }
        return UniqueKey(key: PlainText(key), onConflict: conflict)
    }

    private static func isTypeByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: ":"), UInt8(ascii: "-")...UInt8(ascii: "/"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Whole milliseconds, the nearest. The number is small: it was checked.
    private static func duration(_ seconds: Double) -> Duration { .milliseconds(Int64(seconds * 1_000 + 0.5)) }
}

extension JSONBody {
    /// How many bytes a payload or a result has at most.
    public static let limit = 65_536
}
