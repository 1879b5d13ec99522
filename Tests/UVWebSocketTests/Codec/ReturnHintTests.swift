import Testing
import UVWebSocket

@Suite("A close frame's reason says when the server wants the client back, and nothing else is taken for that")
struct ReturnHintTests {
    @Test(
        "What is written is read, and a time that cannot be asked for is the nearest that can",
        arguments: [
            (.zero, "come back in 0 ms"), (.milliseconds(340), "come back in 340 ms"),
            (.microseconds(340_900), "come back in 340 ms"), (.seconds(60), "come back in 60000 ms"),
            (.seconds(61), "come back in 60000 ms"), (.seconds(-1), "come back in 0 ms"),
        ] as [(Duration, String)])
    func written(delay: Duration, text: String) {
        let hint = ReturnHint(after: delay)
        #expect(hint.text == text)
        #expect(ReturnHint(atEndOf: text) == hint)
        #expect(ReturnHint(atEndOf: "The tasks were read anew; " + text) == hint)
    }

    @Test(
        "A longer time than may be asked for is that one",
        arguments: ["come back in 60001 ms", "come back in 999999999 ms"])
    func long(reason: String) { #expect(ReturnHint(atEndOf: reason)?.delay == .seconds(60)) }

    @Test(
        "Anything else is no hint",
        arguments: [
            "", "ms", " ms", "come back in  ms", "come back in -1 ms", "come back in 1.5 ms", "come back in 5 s",
            "come back in 5 ms.", "come back in 5ms", "back in 5 ms", "5 ms", "come back in 1000000000 ms",
            "come back in 18446744073709551616 ms", "come back in ٣ ms",
        ])
    func others(reason: String) { #expect(ReturnHint(atEndOf: reason) == nil) }
}
