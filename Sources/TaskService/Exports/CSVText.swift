/// Rows of comma-separated values on their way out. RFC 4180, with every cell quoted.
enum CSVText {
    static let lineEnd = "\r\n"

    /// Appends a cell, and a comma before it unless it is the row's first.
    static func appendCell(_ text: String, isFirst: Bool = false, to row: inout [UInt8]) {
        if !isFirst { row.append(UInt8(ascii: ",")) }
        row.append(quote)
        for byte in text.utf8 {
            if byte == quote { row.append(quote) }
            row.append(byte)
        }
        row.append(quote)
    }

    /// Appends a cell with what a person has typed. A text that a spreadsheet would work out as a formula gets an
    /// apostrophe in front, so that it shows as the text it is (OWASP, "CSV injection").
    static func appendTyped(_ text: String, to row: inout [UInt8]) {
        appendCell(mayBeFormula(text) ? "'" + text : text, to: &row)
    }

    /// Whether a spreadsheet might find a formula in `text`: it begins with a control character, or with a formula's
    /// first character behind nothing but spaces and what is not seen, all of which some programs take away.
    private static func mayBeFormula(_ text: String) -> Bool {
        for (index, scalar) in text.unicodeScalars.enumerated() {
            if index == 0, scalar.properties.generalCategory == .control { return true }
            if !isUnseen(scalar) { return beginsFormula(scalar) }
        }
        return false
    }

    private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        if (0x21...0x7E).contains(scalar.value) { return false }
        let properties = scalar.properties
        return properties.isWhitespace || properties.isDefaultIgnorableCodePoint
            || properties.generalCategory == .control || properties.generalCategory == .format
    }

    /// `=`, `+`, `-`, `@`, and what else in Unicode is one of them: full-width and small forms, the minus sign.
    private static func beginsFormula(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3D, 0x2B, 0x2D, 0x40, 0xFF1D, 0xFF0B, 0xFF0D, 0xFF20, 0xFE66, 0xFE62, 0xFE63, 0xFE6B, 0x2212: true
        default: false
        }
    }

    static func endRow(_ row: inout [UInt8]) { row.append(contentsOf: lineEnd.utf8) }

    private static let quote = UInt8(ascii: "\"")
}
