extension String {
    /// The text with its control characters, which would give the terminal orders, as `\x1b`.
    var escapingControls: String { unicodeScalars.map { $0.escapedControl ?? String($0) }.joined() }
}

extension Unicode.Scalar {
    /// `\x1b` for a control character, of ASCII or of the 32 behind it; nil for any other.
    var escapedControl: String? {
        guard value < 0x20 || (0x7F...0x9F).contains(value) else { return nil }
        return "\\x" + (value < 0x10 ? "0" : "") + String(value, radix: 16)
    }
}
