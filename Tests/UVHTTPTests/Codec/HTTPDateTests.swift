import Foundation
import SeededRandom
import Testing

@testable import UVHTTP

@Suite("Dates")
struct HTTPDateTests {
    /// Sun, 06 Nov 1994 08:49:37 GMT.
    private let now = HTTPDate(secondsSince1970: 784_111_777)

    private func text(_ seconds: Int) -> String {
        var output: [UInt8] = []
        HTTPDate(secondsSince1970: seconds).append(to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    @Test(
        "A moment is written in 29 bytes, and read back",
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
            (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (951_868_800, "Wed, 01 Mar 2000 00:00:00 GMT"),
            (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
            (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
            (-62_167_219_200, "Sat, 01 Jan 0000 00:00:00 GMT"),
        ])
    func moments(seconds: Int, expected: String) {
        #expect(text(seconds) == expected)
        #expect(expected.utf8.count == HTTPDate.byteCount)
        #expect(HTTPDate(expected, at: now)?.secondsSince1970 == seconds)
    }

    @Test(
        "Moments that four digits cannot say become the nearest that they can",
        arguments: [
            (253_402_300_800, 253_402_300_799), (Int.max, 253_402_300_799), (-62_167_219_201, -62_167_219_200),
            (Int.min, -62_167_219_200),
        ])
    func clamped(seconds: Int, expected: Int) {
        #expect(HTTPDate(secondsSince1970: seconds).secondsSince1970 == expected)
    }

    @Test("10,000 moments are what Foundation writes, and are read back")
    func besideFoundation() {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        var random = SeededGenerator(seed: 29)
        for _ in 0..<10_000 {
            // From 1600 on: before that Foundation's calendar changes to the Julian one.
            let seconds = Int.random(in: -11_676_096_000...253_402_300_799, using: &random)
            #expect(text(seconds) == formatter.string(from: Date(timeIntervalSince1970: Double(seconds))))
            #expect(HTTPDate(text(seconds), at: now)?.secondsSince1970 == seconds)
        }
    }

    @Test(
        "The two obsolete forms are read: RFC 9110 section 5.6.7",
        arguments: [
            (784_111_777, "Sunday, 06-Nov-94 08:49:37 GMT"), (784_111_777, "Sun Nov  6 08:49:37 1994"),
            (784_111_777, "Sun Nov 06 08:49:37 1994"), (951_782_400, "Tue Feb 29 00:00:00 2000"),
            (951_782_400, "Tuesday, 29-Feb-00 00:00:00 GMT"), (0, "Thursday, 01-Jan-70 00:00:00 GMT"),
            (253_402_300_799, "Fri Dec 31 23:59:59 9999"),
        ])
    func obsolete(seconds: Int, text: String) {
        #expect(HTTPDate(text, at: now)?.secondsSince1970 == seconds)
    }

    @Test(
        "A year of two digits is at most 50 years ahead",
        arguments: [
            ("Sunday, 06-Nov-44 08:49:37 GMT", "Sun, 06 Nov 2044 08:49:37 GMT"),
            ("Monday, 06-Nov-44 08:49:38 GMT", "Mon, 06 Nov 1944 08:49:38 GMT"),
            ("Saturday, 31-Dec-44 23:59:59 GMT", nil), ("Wednesday, 06-Nov-93 08:49:37 GMT", nil),
            ("Saturday, 06-Nov-93 08:49:37 GMT", "Sat, 06 Nov 1993 08:49:37 GMT"),
        ])
    func century(text: String, meant: String?) {
        #expect(HTTPDate(text, at: now) == meant.flatMap { HTTPDate($0, at: now) })
    }

    @Test(
        "Anything else is no date",
        arguments: [
            "", "Sun, 06 Nov 1994 08:49:37 GMT ", "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 199x 08:49:37 GMT", "Sun, 06-Nov-94 08:49:37 GMT", "Monday, 06-Nov-94 08:49:37 GMT",
            "sunday, 06-Nov-94 08:49:37 GMT", "Sunday, 06 Nov 94 08:49:37 GMT", "Sunday, 6-Nov-94 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 UTC", "Sunday, 06-Nov-9x 08:49:37 GMT", "Sunday, 06-Nov-1994 08:49:37 GMT",
            "Sunday, 06-Nov-94-08:49:37 GMT", "Sunday,06-Nov-94 08:49:37 GMT", "Sunday, 31-Nov-94 08:49:37 GMT",
            "Sun Nov 6 08:49:37 1994", "Mon Nov  6 08:49:37 1994", "Sun Nov   6 8:49:37 1994",
            "Sun nov  6 08:49:37 1994",
            "Sun-Nov  6 08:49:37 1994", "Sun Nov  6 08:49:37-1994", "Sun Nov  6 24:49:37 1994",
            "Sun Nov    08:49:37 1994",
            "ÿÿÿÿÿÿÿÿÿNovÿÿÿÿÿÿÿÿ",
        ])
    func refused(text: String) {
        #expect(HTTPDate(text, at: now) == nil)
    }
}
