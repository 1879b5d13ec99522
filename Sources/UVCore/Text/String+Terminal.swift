extension String {
    /// The text with the characters that would give a terminal orders, or turn its line around, as `\x1b` and `\u202e`.
    ///
    /// - Complexity: O(n).
    package var escapingControls: String {
        var escaped = ""
        for scalar in unicodeScalars {
            if let escape = scalar.escapedControl { escaped += escape } else { escaped.unicodeScalars.append(scalar) }
        }
        return escaped
    }
}

extension Unicode.Scalar {
    /// `\x1b` for a control character, of ASCII or of the 32 behind it; `\u202e` for one that changes the direction of
    /// the text around it (Unicode Annex 9); nil for any other.
    package var escapedControl: String? {
        if value < 0x20 || (0x7F...0x9F).contains(value) { return "\\x" + Self.digits(value, 2) }
        return isDirection ? "\\u" + Self.digits(value, 4) : nil
    }

    /// Whether the character shows nothing, and changes the direction of the text around it.
    package var isDirection: Bool {
        switch value {
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private static func digits(_ value: UInt32, _ count: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, count - digits.utf8.count)) + digits
    }
}
