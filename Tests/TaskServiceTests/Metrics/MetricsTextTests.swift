import Testing

@testable import TaskService

@Suite("Metrics as text")
struct MetricsTextTests {
    private func text(_ format: MetricsText.Format, _ write: (inout MetricsText) -> Void) -> String {
        var text = MetricsText(format)
        write(&text)
        text.end()
        return String(decoding: text.bytes, as: UTF8.self)
    }

    @Test("A counter's family is called otherwise in OpenMetrics, which has an end")
    func counter() {
        let write: (inout MetricsText) -> Void = { $0.single("a_total", .counter, "Help.", 12_345) }
        #expect(text(.prometheus, write) == "# HELP a_total Help.\n# TYPE a_total counter\na_total 12345\n")
        #expect(text(.openMetrics, write) == "# HELP a Help.\n# TYPE a counter\na_total 12345\n# EOF\n")
    }

    @Test("Values of labels are escaped, numbers written as they are")
    func labels() {
        let written = text(.prometheus) { text in
            text.sample("a", -7, labels: Labels("b", "x\"\\\ny").with("c", "é"), last: Label(name: "d", value: "e"))
            text.sample("a", 0.25, last: Label(name: "d", value: "e"))
            text.sample("a", 0)
        }
        #expect(written == "a{b=\"x\\\"\\\\\\ny\",c=\"é\",d=\"e\"} -7\na{d=\"e\"} 0.25\na 0\n")
    }

    @Test("The spans of a histogram are added up")
    func histogram() {
        let counts = [1, 0, 2] + [Int](repeating: 0, count: 10) + [4]
        let written = text(.prometheus) { $0.histogram("h", counts, milliseconds: 1_500, labels: Labels("r", "x")) }
        let lines = written.split(separator: "\n")
        #expect(lines.count == 16 && lines[0] == "h_bucket{r=\"x\",le=\"0.001\"} 1")
        #expect(lines[2] == "h_bucket{r=\"x\",le=\"0.005\"} 3" && lines[13] == "h_bucket{r=\"x\",le=\"+Inf\"} 7")
        #expect(lines[14] == "h_sum{r=\"x\"} 1.5" && lines[15] == "h_count{r=\"x\"} 7")
    }

    @Test(
        "The form is what is wanted most",
        arguments: [
            (nil, false), ("", false), ("*/*", false), ("application/openmetrics-text", true),
            ("application/openmetrics-text; version=1.0.0; q=0.5, text/plain; q=0.3", true),
            ("application/openmetrics-text;q=0.3,text/*;q=0.5", false), ("application/openmetrics-text;q=0", false),
            ("application/openmetrics-text;q=2", false), ("application/openmetrics-text;q=0.0001", false),
            ("Application/OpenMetrics-Text", true), ("application/openmetrics-texts", false), (",;,q=1,", false),
        ])
    func accept(value: String?, isOpen: Bool) {
        #expect((MetricsText.Format(accept: value) == .openMetrics) == isOpen)
    }

    @Test("Appends are counted by how long they took")
    func appends() {
        var tally = AppendTally()
        tally.keep(3, in: 1_000_000)
        tally.keep(1, in: 1_000_001)
        tally.keep(1, in: 60_000_000_000)
        tally.keepAtOnce(2)
        tally.fail()
        #expect(tally.appends == 4 && tally.events == 7 && tally.failures == 1)
        #expect(tally.spans.first == 2 && tally.spans[1] == 1 && tally.spans.last == 1 && tally.milliseconds == 60_002)
    }
}
