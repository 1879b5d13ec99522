import UVCompression
import UVCore

/// Makes of what a peer has compressed the messages again, in pieces (RFC 7692 section 7.2.2).
///
/// The frames of a message are one piece of a stream of deflate, from which the sender has cut the last four bytes. What the
/// stream refers back to may stand in messages before it, if the peer takes its context over.
package final class MessageInflater {
    private let side: DeflateAgreement.Side
    private var stream: Decompressor?

    /// - Parameter side: What the peer sends.
    package init(_ side: DeflateAgreement.Side) { self.side = side }

    /// Takes of `bytes` what makes about `room` bytes, from which it counts down. It takes all that makes none.
    ///
    /// - Parameter limit: How many bytes `message` may have: one more says that there are too many.
    /// - Returns: How many bytes it has taken.
    func inflate(
        _ bytes: RawSpan, into message: inout [UInt8], room: inout Int, limit: Int
    ) throws(FrameError) -> Int {
        let stream = try open()
        let limit = min(limit, .max - 1)
        var taken = 0
        while room > 0 {
            if stream.isFinished {
                if taken == bytes.byteCount { break }
                // A sender may end its stream in a message, and begin another one (section 7.2.3.4).
                stream.beginNext()
            }
            let before = message.count
            // No more is asked for than what the message has already, or may well come to: the array fits it then.
            let likely = max(256, 2 * (bytes.byteCount - taken), before)
            let step = step(stream, bytes, &taken, into: &message, room: min(likely, room, limit - before + 1))
            room -= message.count - before
            // What breaks off behind it came later.
            guard message.count <= limit else { throw .messageTooBig }
            if try !step.get() { break }
        }
        return taken
    }

    /// The message's last frame is over: appends what is left of it.
    func finish(into message: inout [UInt8], limit: Int) throws(FrameError) {
        let tail: [UInt8] = [0, 0, 0xFF, 0xFF]
        // Four bytes make little, so no turn has to end before them.
        var room = Int.max
        _ = try inflate(tail.span.bytes, into: &message, room: &room, limit: limit)
        guard stream?.isBetweenBlocks == true else { throw .invalidDeflate }
        if !side.takesContextOver { stream = nil }
    }

    /// Lets go of the memory.
    func release() { stream = nil }

    private func open() throws(FrameError) -> Decompressor {
        if let stream { return stream }
        do throws(CompressionError) {
            // The limit is each message's own.
            let made = try Decompressor(.raw, limit: .max, windowBits: side.windowBits)
            stream = made
            return made
        } catch { throw .noMemory }
    }

    private func step(
        _ stream: Decompressor, _ bytes: RawSpan, _ taken: inout Int, into message: inout [UInt8], room: Int
    ) -> Result<Bool, FrameError> {
        do throws(CompressionError) {
            return .success(try stream.step(bytes, &taken, into: &message, room: room))
        } catch {
            return .failure(error == .outOfMemory ? .noMemory : .invalidDeflate)
        }
    }
}
