import UVCompression
import UVCore

/// Compresses messages for many connections, each message from an empty window (RFC 7692 section 7.2.1).
///
/// Connections that came the same way and look back equally far share one. What it gives can be sent to each of them,
/// whatever the connection was sent before; one that takes its context over begins anew behind it, see ``MessageDeflater``.
package final class SharedDeflater {
    let options: PerMessageDeflate
    private let windowBits: Int
    private var stream: Compressor?
    private var output: [UInt8] = []

    package init(_ options: PerMessageDeflate, windowBits: Int) {
        self.options = options
        self.windowBits = windowBits
    }

    /// Whether a message of `count` bytes is worth it, and does not take too long.
    func suits(_ count: Int) -> Bool { count >= options.threshold && count <= options.longest }

    /// Gives `use` what `message` is compressed to, or the message where there is no memory for that.
    func deflate<Result>(_ message: RawSpan, _ use: (_ payload: RawSpan, _ isCompressed: Bool) -> Result) -> Result {
        if stream == nil { stream = makeStream() }
        defer { stream?.reset() }
        return deflate(message, by: stream, use)
    }

    func makeStream() -> Compressor? {
        try? Compressor(.raw, level: options.level, windowBits: windowBits, memoryLevel: options.memoryLevel)
    }

    /// As above, in the window of `stream`.
    func deflate<Result>(_ message: RawSpan, by stream: Compressor?, _ use: (RawSpan, Bool) -> Result) -> Result {
        guard let stream else { return use(message, false) }
        // zlib gives nothing for nothing. This is how an empty message begins: RFC 7692 section 7.2.3.6.
        guard message.byteCount > 0 else { return use(([0] as [UInt8]).span.bytes, true) }
        // The room for what comes out is kept, unless it was an unusual lot.
        var packed = output
        output = []
        packed.removeAll(keepingCapacity: packed.capacity <= 1 << 16)
        stream.compress(message, .sync, into: &packed)
        defer { output = packed }
        // Behind a sync flush stand 0, 0, 255, 255, which the receiver adds (section 7.2.1).
        return use(packed.span.bytes.extracting(first: packed.count - 4), true)
    }
}

/// Compresses the messages to one peer.
package final class MessageDeflater {
    let shared: SharedDeflater
    private let takesContextOver: Bool
    /// What this peer was sent, where messages may refer to it. Nil before the first one.
    private var own: Compressor?
    /// Whether the peer was sent something that `own` does not know of.
    private var isBehind = false

    package init(_ shared: SharedDeflater, takesContextOver: Bool) {
        self.shared = shared
        self.takesContextOver = takesContextOver
    }

    /// Gives `use` what `message` is compressed to, or the message where there is no memory for that.
    func deflate<Result>(_ message: RawSpan, _ use: (_ payload: RawSpan, _ isCompressed: Bool) -> Result) -> Result {
        guard takesContextOver else { return shared.deflate(message, use) }
        if own == nil { own = shared.makeStream() }
        if isBehind { own?.reset() }
        isBehind = false
        return shared.deflate(message, by: own, use)
    }

    /// The peer was sent what the shared one has compressed: where that stands in the peer's window, this one does not know.
    func didSendShared() { isBehind = true }

    /// Lets go of the memory.
    func release() { own = nil }
}
