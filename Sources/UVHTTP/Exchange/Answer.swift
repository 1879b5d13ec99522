/// How far an answer has come: what the program has given of it, and where on the connection it stands. A pure value.
///
/// ```
/// progress   open ── head ──► streaming ── end ──► ended
///               └── end, and a filter takes its time ──► withheld ── it is done ──► open, and ended at once
/// place      waiting ── those before it are ended ──► current ── taken by the system ──► sent
///               └────────── the connection is gone, or another answer is given ───────► dropped
/// ```
struct Answer: Equatable {
    /// What the program has given.
    enum Progress: Equatable {
        /// The head can be changed.
        case open

        /// The head is closed. A length of the framing is what may still come.
        case streaming(ResponseFraming)

        /// All of it, and what is sent in its place is still being made. The program has ended it, and nothing was sent.
        case withheld

        /// All of it. It is the last one if the connection can carry nothing after it: it has said so, or it fell short
        /// of what its head announces.
        case ended(isLast: Bool)
    }

    /// Where what it gives goes.
    enum Place {
        /// It is kept: earlier answers are not ended.
        case waiting

        /// To the socket.
        case current

        /// The whole answer was handed to the system.
        case sent

        /// Nowhere.
        case dropped
    }

    private(set) var progress = Progress.open
    private(set) var place = Place.waiting

    /// How many bytes of the body were handed on so far, chunks without their frames.
    private(set) var bodyLength = 0

    /// Whether the program was told to stop until the connection has drained.
    private(set) var waitsForDrain = false

    /// Whether its connection ends in its place.
    private(set) var isGivenUp = false

    /// An answer to a request that is done with: what is written to it is dropped.
    static var over: Answer {
        var answer = Answer()
        (answer.progress, answer.place) = (.ended(isLast: true), .dropped)
        return answer
    }

    var isHeadSent: Bool { progress != .open }

    var isEnded: Bool {
        switch progress {
        case .ended, .withheld: true
        case .open, .streaming: false
        }
    }

    var isWithheld: Bool { progress == .withheld }

    /// Whether what is written may still reach the peer.
    var isOwed: Bool { place == .waiting || place == .current }

    /// Whether a part of it was sent, so that no other answer can take its place.
    var isOnItsWay: Bool { place == .current && isHeadSent && !isWithheld }

    /// Whether all of it was handed to the socket.
    var isWritten: Bool { place == .current && isEnded && !isWithheld }

    /// Whether it is ended and the connection can carry nothing after it.
    var isLast: Bool { progress == .ended(isLast: true) }

    /// Whether the next answer may write. Behind one that was given up it would be read as the answer to that request.
    var letsNextWrite: Bool { isWritten && !isLast && !isGivenUp }
}

// MARK: - From the program

extension Answer {
    /// The head is closed.
    @inline(__always)
    mutating func sendHead(_ framing: ResponseFraming) {
        if progress == .open { progress = .streaming(framing) }
    }

    /// What is sent of a piece of the body.
    enum Portion: Equatable {
        case nothing

        /// So many bytes, as they are. More than the head announces would be read as the next response.
        case plain(Int)

        /// All of it, in a frame.
        case chunk
    }

    /// A piece of the body is given.
    @inline(__always)
    mutating func write(_ count: Int) -> Portion {
        guard case .streaming(var framing) = progress else { return .nothing }
        switch framing.body {
        case .none:
            return .nothing
        case .chunked:
            bodyLength &+= count
            return count > 0 ? .chunk : .nothing
        case .plain(let length):
            let sent = min(length ?? count, count)
            if let length { framing.body = .plain(length: length - sent) }
            progress = .streaming(framing)
            bodyLength &+= sent
            return .plain(sent)
        }
    }

    /// The head is closed, and all of the body given with it. Returns how many bytes of that are sent as they are; nil where
    /// it goes in chunks, and then nothing has happened.
    @inline(__always)
    mutating func sendWhole(_ framing: ResponseFraming, _ count: Int) -> Int? {
        switch framing.body {
        case .none:
            progress = .ended(isLast: framing.isLast)
            return 0
        case .plain(let length):
            let announced = length ?? count
            let sent = min(announced, count)
            bodyLength &+= sent
            progress = .ended(isLast: framing.isLast || sent < announced)
            return sent
        case .chunked:
            return nil
        }
    }

    /// The program is told to stop.
    mutating func holdUp() { waitsForDrain = true }

    /// All of it was given. Returns whether a chunk has to say so.
    mutating func end() -> Bool {
        guard case .streaming(let framing) = progress else {
            // Without a head nothing was sent, so nothing can follow.
            if progress == .open { progress = .ended(isLast: true) }
            return false
        }
        let fellShort = if case .plain(let left?) = framing.body { left > 0 } else { false }
        progress = .ended(isLast: framing.isLast || fellShort)
        return framing.body == .chunked
    }

    /// All of it was given, as a whole, and what is sent in its place comes later.
    mutating func withhold() {
        if progress == .open { progress = .withheld }
    }

    /// What is sent in its place is there, and ends it.
    mutating func release() {
        if progress == .withheld { progress = .open }
    }

    /// The program wants the connection to end in its place.
    mutating func giveUp() { isGivenUp = true }

    /// The program gives another answer instead. Returns false if a part of this one was sent.
    mutating func beginAgain() -> Bool {
        if isHeadSent, place != .waiting { return false }
        (progress, bodyLength) = (.open, 0)
        return true
    }
}

// MARK: - From the connection

extension Answer {
    /// All answers before it are ended.
    mutating func becomeCurrent() {
        if place == .waiting { place = .current }
    }

    /// What was written has been taken by the system. Returns whether a program that was told to stop may go on.
    mutating func drain() -> Bool {
        guard waitsForDrain, isOwed, !isEnded else { return false }
        waitsForDrain = false
        return true
    }

    /// The system has taken all of it.
    mutating func send() {
        if isWritten { place = .sent }
    }

    /// Nothing more will be sent. Returns false if nothing was to be sent anyway.
    mutating func drop() -> Bool {
        guard isOwed else { return false }
        place = .dropped
        return true
    }
}
