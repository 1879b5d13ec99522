/// A point in time: milliseconds since the first of January 1970, UTC, leap seconds not counted.
///
/// It reads no clock; whoever has one hands the number in.
public struct Timestamp: Sendable, Hashable {
    public let milliseconds: Int64

    /// - Parameter milliseconds: since 1970, what JavaScript's `Date.now()` gives.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }
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
        Self.writeYear(date.year, to: &output)
        output.append(UInt8(ascii: "-"))
        Self.writePair(date.month, to: &output)
        output.append(UInt8(ascii: "-"))
        Self.writePair(date.day, to: &output)
        output.append(UInt8(ascii: "T"))
        Self.writePair(rest / 3_600_000, to: &output)
        output.append(UInt8(ascii: ":"))
        Self.writePair(rest / 60_000 % 60, to: &output)
        output.append(UInt8(ascii: ":"))
        Self.writePair(rest / 1000 % 60, to: &output)
        output.append(UInt8(ascii: "."))
        Self.writeDigit(rest % 1000 / 100, to: &output)
        Self.writePair(rest % 100, to: &output)
        output.append(UInt8(ascii: "Z"))
    }

    private static func writeYear(_ year: Int64, to output: inout [UInt8]) {
        if (0...9999).contains(year) {
            writePair(year / 100, to: &output)
            writePair(year % 100, to: &output)
        } else {
            let digits = String(year.magnitude)
            output.append(year < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
            output.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: max(6 - digits.utf8.count, 0)))
            output.append(contentsOf: digits.utf8)
        }
    }

    private static func writePair(_ number: Int64, to output: inout [UInt8]) {
        writeDigit(number / 10, to: &output)
        writeDigit(number % 10, to: &output)
    }

    private static func writeDigit(_ digit: Int64, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit))
    }

    /// Division that rounds down, so that the rest is never negative.
    fileprivate static func divide(_ number: Int64, by divisor: Int64) -> (quotient: Int64, rest: Int64) {
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
