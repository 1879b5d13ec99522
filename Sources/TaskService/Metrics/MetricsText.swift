import UVCore

/// Metrics as Prometheus reads them: its text format 0.0.4, or OpenMetrics 1.0.
///
/// ```
/// # HELP taskflow_claims_waiting Claims that wait for a task.
/// # TYPE taskflow_claims_waiting gauge
/// taskflow_claims_waiting 3
/// ```
struct MetricsText {
    enum Format {
        case prometheus, openMetrics

        var contentType: StaticString {
            switch self {
            case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
        }
    }

    enum Kind {
        case counter, gauge, histogram, summary

        fileprivate var name: StaticString {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            case .summary: "summary"
            }
        }
    }

    private let format: Format
    private(set) var bytes: [UInt8] = []

    /// - Parameter buffer: Memory to use again; what is in it is dropped.
    init(_ format: Format, in buffer: consuming [UInt8] = []) {
        self.format = format
        bytes = buffer
        bytes.removeAll(keepingCapacity: true)
    }

    /// Begins a family, whose samples come next. The name of a counter ends in `_total`.
    mutating func family(_ name: StaticString, _ kind: Kind, _ help: StaticString) {
        begin("# HELP ", name, kind)
        append(help)
        begin("\n# TYPE ", name, kind)
        append(kind.name)
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func begin(_ word: StaticString, _ name: StaticString, _ kind: Kind) {
        append(word)
        append(name)
        // In OpenMetrics the family is not called as its samples are.
        if format == .openMetrics, kind == .counter { bytes.removeLast("_total".utf8.count) }
        bytes.append(UInt8(ascii: " "))
    }

    /// A family of one sample.
    mutating func single(_ name: StaticString, _ kind: Kind, _ help: StaticString, _ value: Int) {
        family(name, kind, help)
        sample(name, value)
    }

    mutating func single(_ name: StaticString, _ kind: Kind, _ help: StaticString, _ value: Double) {
        family(name, kind, help)
        sample(name, value)
    }

    /// - Parameters:
    ///   - labels: Written between the braces.
    ///   - last: One more label, behind them.
    ///   - suffix: What the name of the sample has behind that of its family.
    mutating func sample(
        _ name: StaticString, _ value: Int, labels: Labels = Labels(), last: Label? = nil, suffix: StaticString = ""
    ) {
        begin(name, suffix, labels, last)
        append(decimal: value)
        bytes.append(UInt8(ascii: "\n"))
    }

    mutating func sample(
        _ name: StaticString, _ value: Double, labels: Labels = Labels(), last: Label? = nil, suffix: StaticString = ""
    ) {
        begin(name, suffix, labels, last)
        append("\(value)")
        bytes.append(UInt8(ascii: "\n"))
    }

    /// A distribution of times, in seconds.
    ///
    /// - Parameters:
    ///   - counts: How many took longer than the bound before, and no longer than the bound at that place; the last has none.
    ///   - milliseconds: All of the times together.
    mutating func histogram(
        _ name: StaticString, _ counts: some Sequence<Int>, milliseconds: Int, labels: Labels = Labels()
    ) {
        var (total, place) = (0, 0)
        for count in counts {
            total += count
            let bound = place < Self.bounds.count ? Self.bounds[place] : "+Inf"
            sample(name, total, labels: labels, last: Label(name: "le", value: bound), suffix: "_bucket")
            place += 1
        }
        sample(name, Double(milliseconds) / 1_000, labels: labels, suffix: "_sum")
        sample(name, total, labels: labels, suffix: "_count")
    }

    /// Ends the text.
    mutating func end() {
        if format == .openMetrics { append("# EOF\n") }
    }

    /// The bounds of a histogram, which are those of `RequestTally` in seconds. Floats, as OpenMetrics has them.
    static let bounds: [StaticString] = [
        "0.001", "0.002", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "5.0", "10.0",
    ]

    private mutating func begin(_ name: StaticString, _ suffix: StaticString, _ labels: Labels, _ last: Label?) {
        append(name)
        append(suffix)
        if last != nil || !labels.bytes.isEmpty {
            bytes.append(UInt8(ascii: "{"))
            bytes.append(contentsOf: labels.bytes)
            if let last { append(last, isFirst: labels.bytes.isEmpty) }
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: " "))
    }

    private mutating func append(_ label: Label, isFirst: Bool) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        append(label.name)
        append("=\"")
        append(label.value)
        append("\"")
    }

    private mutating func append(_ text: StaticString) { text.withUTF8Buffer { bytes.append(contentsOf: $0) } }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func append(decimal number: Int) {
        guard number >= 10 else { return number < 0 ? append("\(number)") : append(digit: number) }
        append(decimal: number / 10)
        append(digit: number % 10)
    }

    private mutating func append(digit: Int) { bytes.append(UInt8(ascii: "0") + UInt8(digit)) }
}

/// A label whose value needs no escape.
struct Label {
    let name, value: StaticString
}

/// The labels of a sample, as they are written: `method="GET",route="/tasks"`.
struct Labels {
    fileprivate(set) var bytes: [UInt8] = []

    init() {}

    init(_ name: StaticString, _ value: String) { add(name, value.utf8) }

    func with(_ name: StaticString, _ value: String) -> Labels {
        var labels = self
        labels.add(name, value.utf8)
        return labels
    }

    private mutating func add(_ name: StaticString, _ value: some Sequence<UInt8>) {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: [UInt8(ascii: "="), UInt8(ascii: "\"")])
        for byte in value {
            switch byte {
            case UInt8(ascii: "\\"), UInt8(ascii: "\""): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case UInt8(ascii: "\n"): bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
