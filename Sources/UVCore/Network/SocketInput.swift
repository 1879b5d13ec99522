/// A socket's way in, as far as it is a matter of state: a value that owns no handle.
///
/// ```
///              ┌─ flowing, nothing waits ──► the program's callback
/// a read ──────┤
///              └─ paused, or no reader ────► ahead ── resume, or a reader ──► the callback, a read at a time
/// the end ─────── when nothing is ahead ───► onEnd
/// ```
///
/// Reading goes on until ``ReadAhead/mark`` bytes wait. So a socket that is paused still hears the peer's end and a
/// reset, and a peer that goes on sending is held up by TCP all the same.
struct SocketInput {
    /// Whether what arrives is handed on, as the `flowing` of Node's streams: null, true or false.
    enum Flow {
        case none, flowing, paused
    }

    /// How far libuv has come with reading. A client that is paused before it is connected does not read at all.
    enum Reading {
        case notAsked, stopped, running
    }

    /// How far the peer's end has come.
    enum End {
        case open, received, announced
        /// The network's end, of which the layer was not told: an error, behind what is ahead.
        case torn
    }

    var flow = Flow.none
    var reading = Reading.notAsked
    var end = End.open
    private(set) var ahead = ReadAhead()

    /// Whether libuv is to read.
    ///
    /// - Parameter layerWaits: Whether the layer has to read before it can take what is written.
    func wantsMore(layerWaits: Bool) -> Bool {
        let mark = layerWaits ? ReadAhead.markOfLayer : ReadAhead.mark
        return reading != .notAsked && end == .open && ahead.byteCount < mark
    }

    mutating func keep(_ bytes: RawSpan) { ahead.append(bytes) }

    mutating func takeFirst() -> [UInt8]? { ahead.takeFirst() }

    mutating func dropAhead() { ahead = ReadAhead() }
}

/// What was read before the program takes it, read by read.
///
/// It holds fewer bytes than its mark and one read, and 4 more for each read: the peer decides how small those are. A
/// read is ``ReadBuffer/size`` bytes at most, and through a layer ``Socket/layerBacklog`` more, which it has kept back.
struct ReadAhead {
    /// From how many bytes on nothing more is read, as Node's `readableHighWaterMark`. Below it one more read is taken,
    /// whole.
    static let mark = 16_384

    /// The same while the layer waits for the rest of a message. At ``mark`` a program that takes nothing until it has
    /// written would wait for ever; there is room for all that may be ahead by then, and for the read that has the rest.
    static let markOfLayer = 131_072

    private var bytes: [UInt8] = []
    private var start = 0
    /// The length of each read, from `next` on; those before it were taken.
    private var lengths: [UInt32] = []
    private var next = 0

    var byteCount: Int { bytes.count - start }

    var isEmpty: Bool { byteCount == 0 }

    /// Bytes of memory that it holds.
    var capacity: Int { bytes.capacity + lengths.capacity * MemoryLayout<UInt32>.size }

    /// - Complexity: O(`new`), amortised.
    mutating func append(_ new: RawSpan) {
        bytes.append(copying: new)
        lengths.append(UInt32(new.byteCount))
    }

    /// The oldest read.
    ///
    /// - Complexity: O(its bytes), amortised; O(1) if it is the only one.
    mutating func takeFirst() -> [UInt8]? {
        guard next < lengths.count else { return nil }
        let end = start + Int(lengths[next])
        guard start > 0 || end < bytes.count else {
            defer { self = ReadAhead() }
            return bytes
        }
        let taken = Array(bytes[start..<end])
        (start, next) = (end, next + 1)
        if isEmpty { self = ReadAhead() } else { dropTaken() }
        return taken
    }

    /// A reader that is always one read behind never empties it. So what was taken is removed when it is half of all: for
    /// each byte that is removed, one byte is moved at most.
    private mutating func dropTaken() {
        if start >= bytes.count / 2 {
            bytes.removeFirst(start)
            start = 0
        }
        if next >= lengths.count / 2 {
            lengths.removeFirst(next)
            next = 0
        }
    }
}
