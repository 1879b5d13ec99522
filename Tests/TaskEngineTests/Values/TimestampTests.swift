import SeededRandom
import Testing

@testable import TaskEngine

@Suite("Timestamps")
struct TimestampTests {
    @Test(
        "A time is written as JavaScript's toISOString writes it",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_767_323_045_678, "2026-01-02T03:04:05.678Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_799_999, "2000-02-29T23:59:59.999Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (1_709_164_800_000, "2024-02-29T00:00:00.000Z"),
            (1_735_689_599_999, "2024-12-31T23:59:59.999Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (253_402_300_800_000, "+010000-01-01T00:00:00.000Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
            (-62_167_219_200_001, "-000001-12-31T23:59:59.999Z"),
            (8_640_000_000_000_000, "+275760-09-13T00:00:00.000Z"),
            (-8_640_000_000_000_000, "-271821-04-20T00:00:00.000Z"),
        ] as [(Int64, String)])
    func text(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
    }

    @Test("What a time is written as is read as that time, and nothing else is one")
    func read() {
        func time(_ text: String) -> Int64? { Timestamp(utf8: text.utf8Span.span.bytes)?.milliseconds }
        var random = SeededGenerator(seed: 4)
        for _ in 0..<2_000 {
            let milliseconds = Int64.random(in: -62_167_219_200_000...253_402_300_799_999, using: &random)
            #expect(time(Timestamp(milliseconds: milliseconds).description) == milliseconds)
        }
        for year in 0...9_999 {
            let leapDay = time("\(String(repeating: "0", count: 4 - "\(year)".utf8.count))\(year)-02-29T00:00:00.000Z")
            #expect((leapDay != nil) == (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)), "\(year)")
        }
        for text in [
            "", "2026-01-02", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.678", "2026-01-02T03:04:05.678z",
            "2026-01-02 03:04:05.678Z", "2026-13-02T03:04:05.678Z", "2026-00-02T03:04:05.678Z",
            "2026-01-00T03:04:05.678Z",
            "2026-01-32T03:04:05.678Z", "2026-01-02T24:00:00.000Z", "2026-01-02T03:60:05.678Z",
            "2026-01-02T03:04:60.678Z",
            "2026-01-02T03:04:05.67:Z", "+010000-01-01T00:00:00.000Z", "-026-01-02T03:04:05.678Z",
            "２026-01-02T03:04:05.6Z",
        ] {
            #expect(time(text) == nil, "\(text)")
        }
    }

    @Test("A text that keeps the day of the last time writes every time as one that keeps nothing")
    func keptDay() {
        var random = SeededGenerator(seed: 3)
        var text = TimestampText()
        var milliseconds: Int64 = 1_767_323_045_678
        let leaps: [Int64] = [1, -1, 999, 59_999, 60_000, -60_000, 86_400_000, 31_556_952_000_000, -90_000_000_000_000]
        for time in [Int64.min, .min + 1, .max, 0, -1, 253_402_300_799_999, 253_402_300_800_000, -62_167_219_200_001] {
            #expect(Self.written(time, by: &text) == Timestamp(milliseconds: time).description)
        }
        for _ in 0..<2_000 {
            milliseconds += leaps[Int(random.next() % UInt64(leaps.count))] * Int64(random.next() % 3)
            #expect(Self.written(milliseconds, by: &text) == Timestamp(milliseconds: milliseconds).description)
        }
    }

    private static func written(_ milliseconds: Int64, by text: inout TimestampText) -> String {
        var bytes: [UInt8] = []
        bytes.append(addingCapacity: TimestampText.longest) { output in
            text.write(Timestamp(milliseconds: milliseconds), to: &output)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("No number is too large or too small to be written", arguments: [Int64.min, .max])
    func extremes(milliseconds: Int64) {
        #expect(Timestamp(milliseconds: milliseconds).description.hasSuffix("Z"))
    }

    @Test("Day follows day: 401 years of them have the lengths of the calendar")
    func calendar() {
        var date = (year: 1600, month: 1, day: 1)
        for day in 0..<146_463 {
            let text = Timestamp(milliseconds: (Int64(day) - 135_140) * 86_400_000).description
            let expected = "\(date.year)-\(padded(date.month))-\(padded(date.day))T00:00:00.000Z"
            guard text == expected else {
                Issue.record("\(text) should be \(expected)")
                return
            }
            let isLeapYear = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0)
            let lengths = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            date.day += 1
            if date.day > lengths[date.month - 1] { (date.month, date.day) = (date.month + 1, 1) }
            if date.month > 12 { (date.year, date.month) = (date.year + 1, 1) }
        }
    }

    private func padded(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
