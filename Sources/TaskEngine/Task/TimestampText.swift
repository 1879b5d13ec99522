/// Writes times one after the other, as ``Timestamp/write(to:)`` does, and works the date out when the minute is another
/// one than the last time's: the text is three words of eight bytes, and only the third of them changes within a minute.
///
/// ```
/// 2026-01-|02T03:04|:05.678Z
/// ```
public struct TimestampText: Sendable {
    /// The most bytes that a time has: a year outside 0 to 9999 has a sign and up to nine digits.
    public static let longest = 32

    /// The minute whose words are known, counted from 1970 on.
    private var minute = Int64.min
    private var words: (UInt64, UInt64) = (0, 0)
    /// The last time, whose third word is known: a task was created when it was changed last, most often.
    private var last: (milliseconds: Int64, word: UInt64)?

    public init() {}

    /// Appends `time` as ASCII bytes.
    ///
    /// - Precondition: there is room for ``longest`` bytes.
    public mutating func write(_ time: Timestamp, to output: inout OutputSpan<UInt8>) {
        guard let word = thirdWord(of: time) else { return Self.writeLong(time, to: &output) }
        let start = output.count
        output.append(repeating: 0, count: 24)
        var text = output.mutableSpan
        var bytes = text.mutableBytes
        bytes.storeBytes(of: words.0, toByteOffset: start, as: UInt64.self)
        bytes.storeBytes(of: words.1, toByteOffset: start + 8, as: UInt64.self)
        bytes.storeBytes(of: word, toByteOffset: start + 16, as: UInt64.self)
    }

    /// The last word of a time, whose others are known then; nil if its text has more than three.
    private mutating func thirdWord(of time: Timestamp) -> UInt64? {
        if let last, last.milliseconds == time.milliseconds { return last.word }
        let (minute, rest) = Timestamp.divide(time.milliseconds, by: 60_000)
        guard minute == self.minute || know(minute) else { return nil }
        let word = Self.seconds(UInt64(rest))
        last = (time.milliseconds, word)
        return word
    }

    /// Works out the words of a minute; false if its text has more than three.
    private mutating func know(_ minute: Int64) -> Bool {
        var text: [UInt8] = []
        // The first minute of all begins below the least number of milliseconds.
        guard minute > Int64.min / 60_000 else { return false }
        Timestamp(milliseconds: minute * 60_000).write(to: &text)
        guard text.count == 24 else { return false }
        let bytes = text.span.bytes
        words = (
            bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self),
            bytes.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt64.self)
        )
        self.minute = minute
        return true
    }

    /// The last word, as it lies in memory.
    private static func seconds(_ milliseconds: UInt64) -> UInt64 {
        let (seconds, thousandths) = milliseconds.quotientAndRemainder(dividingBy: 1_000)
        var word = UInt64(littleEndian: 0x5A30_3030_2E30_303A)
        let (hundreds, rest) = thousandths.quotientAndRemainder(dividingBy: 100)
        word &+= ((seconds / 10) << 8 | (seconds % 10) << 16).littleEndian
        word &+= (hundreds << 32 | (rest / 10) << 40 | (rest % 10) << 48).littleEndian
        return word
    }

    private static func writeLong(_ time: Timestamp, to output: inout OutputSpan<UInt8>) {
        var text: [UInt8] = []
        time.write(to: &text)
        for byte in text { output.append(byte) }
    }
}
