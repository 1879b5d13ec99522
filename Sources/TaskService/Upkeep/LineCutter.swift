/// Cuts bytes that come in pieces into lines. It holds the line that has begun, and no more.
struct LineCutter {
    /// A line that is cut off.
    struct Line: Sendable, Equatable {
        /// The first is 1.
        let number: Int
        /// Without the line feed.
        let bytes: [UInt8]
    }

    /// A line has more than ``LineCutter/limit`` bytes.
    struct TooLong: Error, Equatable {
        let number: Int
    }

    /// As many as the body of a request may have: a task that can be sent can be read.
    static let limit = 1 << 20

    private var bytes: [UInt8] = []
    /// Where the next line begins.
    private var start = 0
    /// Where a line feed is looked for next.
    private var looked = 0
    private var number = 0

    mutating func append(_ piece: [UInt8]) {
        bytes.removeSubrange(..<start)
        looked -= start
        start = 0
        bytes += piece
    }

    /// The next whole line; nil until more comes.
    ///
    /// - Complexity: O(length), each byte is looked at once.
    mutating func next() throws(TooLong) -> Line? {
        let lineFeed = bytes[looked...].firstIndex(of: UInt8(ascii: "\n"))
        looked = lineFeed ?? bytes.count
        guard looked - start <= Self.limit else { throw TooLong(number: number + 1) }
        guard let lineFeed else { return nil }
        looked = lineFeed + 1
        return cut(to: lineFeed, goingOnAt: lineFeed + 1)
    }

    /// What stands behind the last line feed, when no more comes; nil if that is nothing.
    mutating func last() -> Line? { start < bytes.count ? cut(to: bytes.count, goingOnAt: bytes.count) : nil }

    private mutating func cut(to end: Int, goingOnAt next: Int) -> Line {
        defer { start = next }
        number += 1
        return Line(number: number, bytes: Array(bytes[start..<end]))
    }
}

extension LineCutter.Line {
    /// Whether it has nothing but what stands between values in JSON.
    var isBlank: Bool { bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }
}
