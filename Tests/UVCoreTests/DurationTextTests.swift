import Testing
import UVCore

@Suite("Durations in flags")
struct DurationTextTests {
    @Test(
        "A number has a unit behind it, or is of seconds",
        arguments: [
            ("3", .seconds(3)), ("0", .zero), ("500ms", .milliseconds(500)), ("30s", .seconds(30)),
            ("5m", .seconds(300)),
            ("24h", .seconds(86_400)), ("7d", .seconds(604_800)), ("1.5", .milliseconds(1_500)),
            ("0.25h", .seconds(900)),
            ("0.001ms", .microseconds(1)), ("007", .seconds(7)),
            ("999999999.999d", .milliseconds(999_999_999_999) * 86_400),
        ] as [(String, Duration)])
    func read(text: String, duration: Duration) {
        #expect(Duration(flag: text) == duration)
    }

    @Test(
        "Anything else is none",
        arguments: [
            "", "s", "ms", "-1", "+1", " 1", "1 ", "1 s", "1S", "1sec", "1s2", "1h30m", ".5", "1.", "1.s", "1.2345",
            "1e3",
            "0x10", "inf", "nan", "1,5", "١", "1_000", "9999999999", "1mss", "1w", "1s\u{301}", "1.5.5",
        ])
    func refused(text: String) {
        #expect(Duration(flag: text) == nil)
    }
}
