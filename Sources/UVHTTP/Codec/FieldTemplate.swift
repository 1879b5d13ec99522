package import HTTPTypes
import UVCore

/// Fields that many answers have, where the first of them has another value each time: their lines are made once, and the
/// value is written into its gap.
///
/// ```
/// X-Request-Id: ▁▁▁▁▁▁▁▁ CR LF Vary: Origin CR LF
///              ▲ gap
/// ```
package struct FieldTemplate: Sendable {
    /// The lines, with nothing in the gap.
    let lines: [UInt8]
    /// Where in them it is.
    let gap: Int
    let names: FieldNameSet

    /// - Parameters:
    ///   - name: The field with the gap.
    ///   - value: What stands on both sides of the gap: `(#"""#, #"""#)` for a value in quotes.
    ///   - others: The fields behind it.
    package init(_ name: HTTPField.Name, _ value: (String, String) = ("", ""), _ others: FieldLine...) {
        var lines = FieldLines()
        lines.append(name.rawName.utf8.span.bytes, (value.0 + value.1).utf8.span.bytes)
        gap = lines.count - value.1.utf8.count - 2
        for line in others { lines.append(line) }
        (self.lines, names) = (lines.bytes, lines.names)
    }
}
