/// A point in time: milliseconds since the first of January 1970, UTC, leap seconds not counted.
///
/// It reads no clock: the caller has one and hands the number in.
public struct Timestamp: Sendable, Hashable {
    /// Since 1970; negative for a time before that.
    public let milliseconds: Int64

    /// The time so long after the beginning of 1970.
    ///
    /// - Parameter milliseconds: since 1970, what JavaScript's `Date.now()` gives.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Those of the years 0 to 9999, whose text is read again.
    package static let fourDigitYears =
        Timestamp(milliseconds: -62_167_219_200_000)...Timestamp(milliseconds: 253_402_300_799_999)
}

extension Timestamp: Comparable {
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }
}

extension Timestamp: CustomStringConvertible {
    /// ISO 8601 in UTC with milliseconds, as JavaScript's `Date.prototype.toISOString`: `2026-01-02T03:04:05.678Z`.
    ///
    /// A year outside 0 to 9999 has a sign and at least six digits: `+010000-01-01T00:00:00.000Z`.
    public var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(24)
        write(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends `description` as ASCII bytes.
    public func write(to output: inout [UInt8]) {
        let (days, rest) = Self.divide(milliseconds, by: 86_400_000)
        let date = CivilDate(daysSince1970: days)
        let isLong = !(0...9999).contains(date.year)
        if isLong { output.append(contentsOf: Self.longYear(date.year).utf8) }
        // Where the form begins, of which a long year leaves the first four digits out.
        let start = output.count - (isLong ? 4 : 0)
        output.append(contentsOf: Self.form[(isLong ? 4 : 0)...])
        var text = output.mutableSpan
        if !isLong { Self.put(date.year, before: start + 4, in: &text) }
        Self.put(date.month, before: start + 7, in: &text)
        Self.put(date.day, before: start + 10, in: &text)
        Self.put(rest / 3_600_000, before: start + 13, in: &text)
        Self.put(rest / 60_000 % 60, before: start + 16, in: &text)
        Self.put(rest / 1000 % 60, before: start + 19, in: &text)
        Self.put(rest % 1000, before: start + 23, in: &text)
    }

    private static let form = Array("0000-00-00T00:00:00.000Z".utf8)

    /// Writes a number's digits from the last to the first; the zeros in front of them stand there already.
    private static func put(_ number: Int64, before end: Int, in text: inout MutableSpan<UInt8>) {
        var (rest, position) = (number, end)
        while rest > 0 {
            position -= 1
            text[position] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    private static func longYear(_ year: Int64) -> String {
        let digits = String(year.magnitude)
        let zeros = String(repeating: "0", count: max(6 - digits.count, 0))
        return (year < 0 ? "-" : "+") + zeros + digits
    }

    /// Division that rounds down, so that the rest is never negative.
    static func divide(_ number: Int64, by divisor: Int64) -> (quotient: Int64, rest: Int64) {
        let (quotient, rest) = number.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
    }
}

/// A day of the Gregorian calendar, carried back before its beginning.
///
/// Years are counted from the first of March, so that a leap day is the last of its year; then a cycle of 400 years
/// falls into centuries, a century into spans of four years, a span into years, each but the last of equal length.
private struct CivilDate {
    let year, month, day: Int64

    init(daysSince1970: Int64) {
        let daysFromMarchOfYear0To1970: Int64 = 719_468
        var (cycle, days) = Timestamp.divide(daysSince1970 + daysFromMarchOfYear0To1970, by: 146_097)
        let century = min(days / 36_524, 3)
        days -= century * 36_524
        let span = days / 1461
        days -= span * 1461
        let yearOfSpan = min(days / 365, 3)
        days -= yearOfSpan * 365
        // From March on the months have 31, 30, 31, 30, 31 days, twice over: 153 days in five of them.
        let monthFromMarch = (5 * days + 2) / 153
        let isBeforeMarch = monthFromMarch >= 10
        cycle *= 400
        year = cycle + century * 100 + span * 4 + yearOfSpan + (isBeforeMarch ? 1 : 0)
        month = isBeforeMarch ? monthFromMarch - 9 : monthFromMarch + 3
        day = days - (153 * monthFromMarch + 2) / 5 + 1
    }
}
