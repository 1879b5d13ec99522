package import HTTPTypes
import UVCore

/// A field that many answers have, such as the type of their content: its line is made once, and sent as it is.
///
/// ```swift
/// static let json = FieldLine(.contentType, "application/json")
/// ```
package struct FieldLine: Sendable {
    let bytes: [UInt8]
    /// Its name alone.
    let names: FieldNameSet
    let name, value: Range<Int>

    package init(_ name: HTTPField.Name, _ value: String) {
        var lines = FieldLines()
        lines.append(name.rawName.utf8.span.bytes, value.utf8.span.bytes)
        (bytes, names) = (lines.bytes, lines.names)
        self.name = 0..<name.rawName.utf8.count
        self.value = self.name.upperBound + 2..<bytes.count - 2
    }
}
