/// Writes times one after the other, as ``Timestamp/write(to:)`` does, and works the date out when the day is another one
/// than the last time's: the text is three words of eight bytes, and within a day what changes are a few digits of two.
///
/// ```
/// 2026-01-|02T03:04|:05.678Z
/// ```
public struct TimestampText: Sendable {
    /// The most bytes that a time has: a year outside 0 to 9999 has a sign and up to nine digits.
    public static let longest = 32

    /// The day whose first two words are known, as they are at midnight; counted from 1970 on.
    private var day = Int64.min
    private var midnight: (UInt64, UInt64) = (0, 0)
    /// The last time, whose other words are known: a task was created when it was changed last, most often.
    private var last: (milliseconds: Int64, words: (UInt64, UInt64))?

    /// A writer that knows no day yet: the first time costs as much as ``Timestamp/write(to:)``.
    public init() {}

    /// Appends `time` as ASCII bytes.
    ///
    /// - Precondition: there is room for ``longest`` bytes.
    public mutating func write(_ time: Timestamp, to output: inout OutputSpan<UInt8>) {
        guard let words = words(of: time) else { return Self.writeLong(time, to: &output) }
        let start = output.count
        output.append(repeating: 0, count: 24)
        var text = output.mutableSpan
        var bytes = text.mutableBytes
        bytes.storeBytes(of: midnight.0, toByteOffset: start, as: UInt64.self)
        bytes.storeBytes(of: words.0, toByteOffset: start + 8, as: UInt64.self)
        bytes.storeBytes(of: words.1, toByteOffset: start + 16, as: UInt64.self)
    }

    /// The last two words of a time, whose first one is known then; nil if its text has more than three.
    private mutating func words(of time: Timestamp) -> (UInt64, UInt64)? {
        if let last, last.milliseconds == time.milliseconds { return last.words }
        let (day, rest) = Timestamp.divide(time.milliseconds, by: 86_400_000)
        guard day == self.day || know(day) else { return nil }
        let (minutes, milliseconds) = UInt64(rest).quotientAndRemainder(dividingBy: 60_000)
        let words = (midnight.1 &+ Self.hoursAndMinutes(minutes), Self.seconds(milliseconds))
        last = (time.milliseconds, words)
        return words
    }

    /// Works out the words of a day; false if its text has more than three.
    private mutating func know(_ day: Int64) -> Bool {
        var text: [UInt8] = []
        // The first day of all begins below the least number of milliseconds.
        guard day > Int64.min / 86_400_000 else { return false }
        Timestamp(milliseconds: day * 86_400_000).write(to: &text)
        guard text.count == 24 else { return false }
        let bytes = text.span.bytes
        midnight = (
            bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self),
            bytes.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt64.self)
        )
        self.day = day
        return true
    }

    /// What comes to the second word of midnight, as it lies in memory: the digits are zeros there.
    private static func hoursAndMinutes(_ minutes: UInt64) -> UInt64 {
        let (hours, rest) = minutes.quotientAndRemainder(dividingBy: 60)
        return ((hours / 10) << 24 | (hours % 10) << 32 | (rest / 10) << 48 | (rest % 10) << 56).littleEndian
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
