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
        let isFormula = text.utf8.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
        appendCell(isFormula ? "'" + text : text, to: &row)
    }

    static func endRow(_ row: inout [UInt8]) { row.append(contentsOf: lineEnd.utf8) }

    private static let quote = UInt8(ascii: "\"")
}
