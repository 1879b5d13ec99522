import UVCore

/// What has arrived on a connection and could not be used yet.
struct UnusedInput {
    private var bytes: [UInt8] = []

    /// Where in `bytes` it begins.
    private var start = 0

    var isEmpty: Bool { bytes.isEmpty }

    /// Adds what has arrived behind it.
    mutating func append(_ more: RawSpan) {
        bytes.removeFirst(start)
        start = 0
        bytes.append(copying: more)
    }

    /// Forgets the first `count` bytes, which were used.
    mutating func drop(_ count: Int) {
        start += count
        if start == bytes.count { self = UnusedInput() }
    }

    /// Takes all of it out, so that it can be read while handlers run. Put it back by assignment.
    mutating func take() -> UnusedInput {
        let all = self
        self = UnusedInput()
        return all
    }

    /// Gives the bytes to `body`.
    func withBytes<Value>(_ body: (RawSpan) -> Value) -> Value {
        body(bytes.span.bytes.extracting(droppingFirst: start))
    }
}
