/// A moment as HTTP writes it, to the second and always in GMT: `Sun, 06 Nov 1994 08:49:37 GMT`.
///
/// This is IMF-fixdate, RFC 9110 section 5.6.7, without Foundation and without a time zone. The two obsolete forms are read
/// and never written.
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

// MARK: - Reading

extension HTTPDate {
    /// Reads a date in each of the three forms that a recipient takes, RFC 9110 section 5.6.7. Anything else gives nil, a
    /// weekday that is not that of the date included.
    ///
    /// ```
    /// Sun, 06 Nov 1994 08:49:37 GMT       IMF-fixdate: the 29 bytes that append(to:) writes
    /// Sunday, 06-Nov-94 08:49:37 GMT      RFC 850, obsolete
    /// Sun Nov  6 08:49:37 1994            asctime, obsolete
    /// ```
    ///
    /// The parts of an obsolete form are put in the places of the first one, which is read.
    ///
    /// - Parameter now: A year of two digits is the last one with these digits that is not more than 50 years after it.
    package init?(_ text: String, at now: HTTPDate) {
        let bytes = Array(text.utf8)
        switch bytes.count {
        case Self.byteCount: self.init(fixdate: bytes)
        case 24: self.init(asctime: bytes)
        default: self.init(rfc850: bytes, at: now)
        }
    }

    private init?(fixdate bytes: [UInt8]) {
        guard let seconds = Self.seconds(ofFixdate: bytes) else { return nil }
        self.init(secondsSince1970: seconds)
        // Whatever was not a digit, a separator or a day that exists comes out differently.
        var again: [UInt8] = []
        append(to: &again)
        guard again == bytes else { return nil }
    }

    /// What the digits of 29 bytes say, if they are digits.
    private static func seconds(ofFixdate bytes: [UInt8]) -> Int? {
        func number(_ range: Range<Int>) -> Int {
            bytes[range].reduce(0) { $0 * 10 + Int($1 &- UInt8(ascii: "0")) }
        }
        guard let month = months.firstIndex(where: { $0.utf8.elementsEqual(bytes[8..<11]) }) else { return nil }
        let date = CalendarDate(year: number(12..<16), month: month + 1, dayOfMonth: number(5..<7))
        let time = number(17..<19) * 3600 + number(20..<22) * 60 + number(23..<25)
        return date.day * secondsOfDay + time - secondsTo1970
    }

    private init?(asctime bytes: [UInt8]) {
        guard [3, 7, 10, 19].allSatisfy({ bytes[$0] == HTTPGrammar.space }) else { return nil }
        let day = [bytes[8] == HTTPGrammar.space ? UInt8(ascii: "0") : bytes[8], bytes[9]]
        self.init(fixdate: Self.fixdate(bytes[..<3], day[...], bytes[4..<7], bytes[20...], bytes[11..<19]))
    }

    private init?(rfc850 bytes: [UInt8], at now: HTTPDate) {
        guard let comma = bytes.firstIndex(of: UInt8(ascii: ",")),
            Self.longWeekdays.contains(where: { $0.utf8.elementsEqual(bytes[..<comma]) })
        else { return nil }
        let rest = Array(bytes[comma...])
        guard rest.count == 24, [1, 11].allSatisfy({ rest[$0] == HTTPGrammar.space }),
            [4, 8].allSatisfy({ rest[$0] == UInt8(ascii: "-") }), rest[20...].elementsEqual(" GMT".utf8)
        else { return nil }
        var century = min(now.year / 100 + 1, 99)
        while true {
            var year: [UInt8] = []
            Self.append(century, digits: 2, to: &year)
            year += rest[9..<11]
            let fixdate = Self.fixdate(bytes[..<3], rest[2..<4], rest[5..<8], year[...], rest[12..<20])
            guard let seconds = Self.seconds(ofFixdate: fixdate) else { return nil }
            if seconds <= now.secondsIn50Years || century == 0 {
                self.init(fixdate: fixdate)
                return
            }
            century -= 1
        }
    }

    private static func fixdate(
        _ weekday: ArraySlice<UInt8>, _ day: ArraySlice<UInt8>, _ month: ArraySlice<UInt8>, _ year: ArraySlice<UInt8>,
        _ time: ArraySlice<UInt8>
    ) -> [UInt8] {
        let space = [HTTPGrammar.space]
        let date = weekday + Array(", ".utf8) + day + space + month + space + year
        return Array(date + space + time + Array(" GMT".utf8))
    }

    private static let longWeekdays = [
        "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
    ]

    private var calendarDate: CalendarDate {
        CalendarDate(day: (secondsSince1970 + Self.secondsTo1970) / Self.secondsOfDay)
    }

    private var year: Int { calendarDate.year }

    /// The same day and time 50 years later.
    private var secondsIn50Years: Int {
        let date = calendarDate
        let later = CalendarDate(year: date.year + 50, month: date.month, dayOfMonth: date.dayOfMonth)
        return secondsSince1970 + (later.day - date.day) * Self.secondsOfDay
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
