public import UVCompression

/// How messages are compressed on a WebSocket: the extension `permessage-deflate`, RFC 7692.
///
/// ```swift
/// upgrader.deflate = PerMessageDeflate()
/// ```
///
/// Both ends agree on it in the handshake, or go without. What one connection takes of memory for it, in bytes, from the
/// first message that is compressed until it is closed:
///
/// | | takes | by default |
/// |---|---|---|
/// | to send, with its context taken over | 2^(`windowBits` + 2) + 2^(``memoryLevel`` + 9) + 6 KiB | 38 KiB |
/// | to send, without | nothing: connections that came the same way share one such memory | 0 |
/// | to receive | 2^`windowBits` + 10 KiB; without context taken over only while a message is under way | 14 KiB |
///
/// A client that does not let the server choose its window, as RFC 7692 allows, takes 42 KiB to receive from. What a
/// message is inflated to is bounded by ``WebSocketLimits/message``, and no memory is taken for what is beyond it.
///
/// Compressed messages tell how well they compress, so one that has a secret in it and text of an attacker's choice tells of
/// the secret (CRIME, BREACH): that is why a server does not compress unless it is told to.
public struct PerMessageDeflate: Hashable, Sendable {
    /// One way that messages go.
    public struct Direction: Hashable, Sendable {
        /// How far back bytes are looked for that come again, as a power of two: 8 to 15. The other end may want fewer.
        public var windowBits = 12

        /// Whether a message may refer to those before it. Then small ones that resemble each other become much smaller,
        /// and both ends keep what they have seen. The other end may not want it.
        public var takesContextOver = true

        /// The defaults.
        public init() {}
    }

    /// What this end sends.
    public var sending = Direction()

    /// What the other end sends.
    public var receiving = Direction()

    /// Messages of fewer bytes are sent as they are.
    public var threshold = 1_024

    /// Messages of more bytes are sent as they are: a MiB takes a loop's thread 20 ms and more.
    public var longest = 1 << 20

    /// How much time is spent on how few bytes.
    public var level = CompressionLevel.balanced

    /// How much is remembered of the bytes that are looked back for: 1 to 9.
    public var memoryLevel = 5

    /// The defaults.
    public init() {}

    /// Stops a program that has set what zlib does not take, where it hands it over.
    func checked() -> Self {
        for direction in [sending, receiving] {
            precondition((8...15).contains(direction.windowBits), "windowBits is from 8 to 15")
        }
        precondition((1...9).contains(memoryLevel), "memoryLevel is from 1 to 9")
        return self
    }
}
