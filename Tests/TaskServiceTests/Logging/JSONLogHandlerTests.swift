import Logging
import Testing

@testable import TaskService

@Suite("Log lines as JSON")
struct JSONLogHandlerTests {
    private func line(_ message: String, _ metadata: Logger.Metadata = [:]) -> String {
        let event = LogEvent(
            level: .info, message: "\(message)", metadata: nil, source: "", file: "", function: "", line: 0)
        return String(decoding: JSONLogHandler.line(event, metadata), as: UTF8.self)
    }

    @Test("Numbers and truth values are written as such, all else as text")
    func values() {
        let line = line(
            "m",
            [
                "a": .stringConvertible(7), "b": .stringConvertible(true), "c": .stringConvertible(0.5), "d": "7",
                "e": .stringConvertible(Double.nan), "f": ["x", "y"],
            ])
        #expect(line.hasSuffix(#""message":"m","a":7,"b":true,"c":0.5,"d":"7","e":"nan","f":"[\"x\", \"y\"]"}"# + "\n"))
    }

    @Test(
        "No character can give a terminal an order",
        arguments: [
            ("\u{1B}[31m", #"\u001b[31m"#), ("\u{7F}", #"\u007f"#), ("\u{9B}31m", #"\u009b31m"#),
            ("\u{80}", #"\u0080"#), ("\u{9F}", #"\u009f"#), ("\u{A0}é", "\u{A0}é"), ("\n", #"\n"#),
        ])
    func controls(text: String, escaped: String) {
        #expect(line(text).contains(#""message":"\#(escaped)""#))
    }
}
