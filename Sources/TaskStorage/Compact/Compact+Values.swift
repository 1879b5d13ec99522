import TaskEngine

extension Bool: Compact {
    func write(to output: inout CompactWriter) { output.append(self ? 1 : 0) }

    init(from input: inout CompactReader) throws(CompactError) {
        let byte = try input.byte()
        guard byte < 2 else { throw CompactError() }
        self = byte == 1
    }
}

extension UInt64: Compact {
    func write(to output: inout CompactWriter) { output.append(word: self) }

    init(from input: inout CompactReader) throws(CompactError) { self = try input.word() }
}

/// The sign is the lowest bit, so that numbers near zero are short.
extension Int64: Compact {
    func write(to output: inout CompactWriter) { output.append(word: UInt64(bitPattern: self << 1 ^ self >> 63)) }

    init(from input: inout CompactReader) throws(CompactError) {
        let word = try input.word()
        self = Int64(bitPattern: word >> 1) ^ -Int64(bitPattern: word & 1)
    }
}

extension Int: Compact {
    func write(to output: inout CompactWriter) { output.write(Int64(self)) }

    init(from input: inout CompactReader) throws(CompactError) { self = Int(try Int64(from: &input)) }
}

/// The bytes in turn: a number such as 2.5 ends with zeros, which are in front then and cost nothing.
extension Double: Compact {
    func write(to output: inout CompactWriter) { output.write(bitPattern.byteSwapped) }

    init(from input: inout CompactReader) throws(CompactError) {
        self.init(bitPattern: try UInt64(from: &input).byteSwapped)
        guard isFinite else { throw CompactError() }
    }
}

extension Optional: Compact where Wrapped: Compact {
    func write(to output: inout CompactWriter) {
        output.write(self != nil)
        if let self { output.write(self) }
    }

    init(from input: inout CompactReader) throws(CompactError) {
        self = try Bool(from: &input) ? try Wrapped(from: &input) : nil
    }
}

extension Array: Compact where Element: Compact {
    func write(to output: inout CompactWriter) {
        output.append(word: UInt64(count))
        for element in self { output.write(element) }
    }

    init(from input: inout CompactReader) throws(CompactError) {
        self = []
        for _ in 0..<(try input.count()) { append(try Element(from: &input)) }
    }
}

// MARK: - Texts, times and ids

extension PlainText: Compact {
    func write(to output: inout CompactWriter) { output.append(counted: text.utf8) }

    init(from input: inout CompactReader) throws(CompactError) {
        guard let text = String(validating: try input.counted(), as: UTF8.self) else { throw CompactError() }
        self.init(text)
    }
}

extension JSONBody: Compact {
    func write(to output: inout CompactWriter) { output.append(counted: bytes) }

    init(from input: inout CompactReader) throws(CompactError) { self.init(checked: Array(try input.counted())) }
}

extension Timestamp: Compact {
    func write(to output: inout CompactWriter) { output.write(milliseconds) }

    init(from input: inout CompactReader) throws(CompactError) {
        guard let time = Timestamp(kept: try input.read()) else { throw CompactError() }
        self = time
    }
}

/// Exactly as it is, in seconds and parts of one.
extension Duration: Compact {
    func write(to output: inout CompactWriter) {
        output.write(components.seconds)
        output.write(components.attoseconds)
    }

    init(from input: inout CompactReader) throws(CompactError) {
        let (seconds, attoseconds) = (try Int64(from: &input), try Int64(from: &input))
        // No one waits for longer than that, and milliseconds of it can be counted.
        guard (0...Self.longest).contains(seconds), 0..<1_000_000_000_000_000_000 ~= attoseconds else {
            throw CompactError()
        }
        self.init(secondsComponent: seconds, attosecondsComponent: attoseconds)
    }

    private static let longest: Int64 = 1 << 40
}

extension TaskID: Compact {
    func write(to output: inout CompactWriter) {
        output.write(high)
        output.write(low)
    }

    init(from input: inout CompactReader) throws(CompactError) {
        self.init(high: try input.read(), low: try input.read())
    }
}

// MARK: - Cases

/// An enumeration whose cases stand by their places in ``inOrder``, which stay: a new one comes behind them.
protocol CompactCases: Compact, CaseIterable, Equatable {
    static var inOrder: [Self] { get }
}

extension CompactCases {
    func write(to output: inout CompactWriter) {
        guard let place = Self.inOrder.firstIndex(of: self) else { preconditionFailure("\(self) has no place") }
        output.append(UInt8(place))
    }

    init(from input: inout CompactReader) throws(CompactError) {
        let place = Int(try input.byte())
        guard Self.inOrder.indices.contains(place) else { throw CompactError() }
        self = Self.inOrder[place]
    }
}

extension Attempt.Outcome: CompactCases {
    static let inOrder: [Attempt.Outcome] = [
        .completed, .failed, .released, .undelivered, .expired, .timedOut, .cancelled, .overruled,
    ]
}

extension DependencyPolicy: CompactCases {
    static let inOrder: [DependencyPolicy] = [.cancel, .hold, .ignore]
}

extension UniqueKey.Conflict: CompactCases {
    static let inOrder: [UniqueKey.Conflict] = [.existing, .reject]
}
