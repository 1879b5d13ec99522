/// What a client calls a change by, so that one that is asked for again is not made again.
///
/// It is the work of a digest, so that a key costs the same whatever the client wrote, and is compared as bytes.
public struct IdempotencyKey: Sendable, Hashable {
    /// 16 bytes of a digest that nothing else has, and that no client can choose.
    public struct Fingerprint: Sendable, Hashable {
        /// The first eight bytes.
        public let high: UInt64
        /// The last eight bytes.
        public let low: UInt64

        /// Takes the two halves of the digest as they are: the engine computes none.
        public init(high: UInt64, low: UInt64) {
            self.high = high
            self.low = low
        }
    }

    /// Of the key's own text and of what it is for: one key means something else for another path.
    public let name: Fingerprint
    /// Of what is asked for with it.
    public let content: Fingerprint

    /// A key for one request: another with the same `name` is a repetition if its `content` is the same, else refused.
    public init(name: Fingerprint, content: Fingerprint) {
        self.name = name
        self.content = content
    }
}

/// A client finds many digests that begin alike, if it wants to: so the table's hash is one that no client knows.
extension IdempotencyKey.Fingerprint: IDTableKey {}
