extension Timestamp {
    /// Reads what ``description`` writes, of the years 0 to 9999, from ASCII bytes: `2026-01-02T03:04:05.678Z`. Nil for
    /// anything else, such as the 30th of February, or a time in another zone.
    ///
    /// - Complexity: O(1).
    public init?(utf8 text: RawSpan) {
        guard text.byteCount == 24 else { return nil }
        /// The number whose digits stand there; what is no digit makes it another one.
        func number(_ range: Range<Int>) -> Int64 {
            range.reduce(0) { number, offset in
                let byte = text.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
                return number * 10 + Int64(byte) - Int64(UInt8(ascii: "0"))
            }
        }
        let days = Self.days(number(0..<4), month: number(5..<7), day: number(8..<10))
        let minutes = (days * 24 + number(11..<13)) * 60 + number(14..<16)
        self.init(milliseconds: (minutes * 60 + number(17..<19)) * 1_000 + number(20..<23))
        // So all that is no time is another one's text.
        var written: [UInt8] = []
        write(to: &written)
        guard written.count == 24,
            written.indices.allSatisfy({ text.unsafeLoad(fromByteOffset: $0, as: UInt8.self) == written[$0] })
        else { return nil }
    }

    /// The days from 1970 to a day of the Gregorian calendar: whole years of 365 days and the leap days among them, with
    /// years that begin in March.
    private static func days(_ year: Int64, month: Int64, day: Int64) -> Int64 {
        let (years, months) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
        let leapDays = divide(years, by: 4).quotient - divide(years, by: 100).quotient + divide(years, by: 400).quotient
        let daysToMarchOfYear0: Int64 = 719_468
        return years * 365 + leapDays + (153 * months + 2) / 5 + day - 1 - daysToMarchOfYear0
    }
}
