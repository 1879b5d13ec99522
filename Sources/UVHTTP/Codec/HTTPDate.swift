/// A moment as HTTP writes it, to the second and always in GMT: `Sun, 06 Nov 1994 08:49:37 GMT`.
///
/// This is IMF-fixdate, RFC 9110 section 5.6.7, without Foundation and without a time zone.
package struct HTTPDate: Equatable, Sendable {
    /// The length of the text in bytes.
    package static let byteCount = 29

    /// Seconds since 1970 began.
    package let secondsSince1970: Int

    /// A moment of the years 0 to 9999, which is what four digits can say; an earlier or later one becomes the first
    /// or the last of these.
    package init(secondsSince1970 seconds: Int) {
        secondsSince1970 = min(max(seconds, -Self.secondsTo1970), 253_402_300_799)
    }

    /// Appends the 29 bytes of the text.
    package func append(to output: inout [UInt8]) {
        let second = secondsSince1970 + Self.secondsTo1970
        let day = second / Self.secondsOfDay
        let date = CalendarDate(day: day)
        output.append(contentsOf: Self.weekdays[day % 7].utf8)
        output.append(contentsOf: ", ".utf8)
        Self.append(date.dayOfMonth, digits: 2, to: &output)
        output.append(HTTPGrammar.space)
        output.append(contentsOf: Self.months[date.month - 1].utf8)
        output.append(HTTPGrammar.space)
        Self.append(date.year, digits: 4, to: &output)
        output.append(HTTPGrammar.space)
        Self.append(second % Self.secondsOfDay / 3600, digits: 2, to: &output)
        output.append(UInt8(ascii: ":"))
        Self.append(second % 3600 / 60, digits: 2, to: &output)
        output.append(UInt8(ascii: ":"))
        Self.append(second % 60, digits: 2, to: &output)
        output.append(contentsOf: " GMT".utf8)
    }

    private static func append(_ number: Int, digits: Int, to output: inout [UInt8]) {
        if digits > 1 { append(number / 10, digits: digits - 1, to: &output) }
        output.append(UInt8(ascii: "0") + UInt8(number % 10))
    }

    static let secondsOfDay = 86_400

    /// From the beginning of the year 0, from which everything here is counted, so that nothing is negative.
    static let secondsTo1970 = 62_167_219_200

    /// The year 0 began on a Saturday.
    private static let weekdays = ["Sat", "Sun", "Mon", "Tue", "Wed", "Thu", "Fri"]

    static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}

extension HTTPDate {
    /// Reads a date back. Anything but the 29 bytes that ``append(to:)`` writes gives nil, a weekday that is not that
    /// of the date included.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == Self.byteCount else { return nil }
        func number(_ range: Range<Int>) -> Int {
            bytes[range].reduce(0) { $0 * 10 + Int($1 &- UInt8(ascii: "0")) }
        }
        guard let month = Self.months.firstIndex(where: { Array($0.utf8) == Array(bytes[8..<11]) }) else { return nil }
        let date = CalendarDate(year: number(12..<16), month: month + 1, dayOfMonth: number(5..<7))
        let time = number(17..<19) * 3600 + number(20..<22) * 60 + number(23..<25)
        self.init(secondsSince1970: date.day * Self.secondsOfDay + time - Self.secondsTo1970)
        // Whatever was not a digit, a separator or a day that exists comes out differently.
        var again: [UInt8] = []
        append(to: &again)
        guard again == bytes else { return nil }
    }
}

/// A day of the Gregorian calendar, from the first one of the year 0 on.
///
/// Inside, years begin in March: the day that comes and goes is then the last one of the year.
private struct CalendarDate {
    let year: Int

    /// 1 to 12.
    let month: Int

    /// 1 to 31.
    let dayOfMonth: Int

    /// The lengths of the months from March on.
    private static let lengths = [31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 29]

    /// The days of 400, 100 and 4 years, and of one without a leap day.
    private static let cycles = (days400: 146_097, days100: 36_524, days4: 1_461, days1: 365)

    init(year: Int, month: Int, dayOfMonth: Int) {
        self.year = year
        self.month = month
        self.dayOfMonth = dayOfMonth
    }

    /// - Parameter day: The day, counted from 0 on the first one of the year 0.
    init(day: Int) {
        let cycles = Self.cycles
        // Counted from March of the year -400, 60 days before which the year began.
        var rest = day + cycles.days400 - 60
        var year = rest / cycles.days400 * 400 - 400
        rest %= cycles.days400
        let centuries = min(rest / cycles.days100, 3)
        rest -= centuries * cycles.days100
        let leaps = rest / cycles.days4
        rest %= cycles.days4
        let years = min(rest / cycles.days1, 3)
        rest -= years * cycles.days1
        year += centuries * 100 + leaps * 4 + years
        var index = 0
        while rest >= Self.lengths[index] {
            rest -= Self.lengths[index]
            index += 1
        }
        self.init(year: index < 10 ? year : year + 1, month: (index + 2) % 12 + 1, dayOfMonth: rest + 1)
    }

    /// The day, counted from 0 on the first one of the year 0.
    var day: Int {
        let year = (month > 2 ? year : year - 1) + 400
        let index = (month + 9) % 12
        let days = year * 365 + year / 4 - year / 100 + year / 400 + Self.lengths[..<index].reduce(0, +)
        return days + dayOfMonth - 1 + 60 - Self.cycles.days400
    }
}
