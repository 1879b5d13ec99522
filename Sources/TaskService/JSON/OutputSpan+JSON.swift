import TaskEngine
import UVCore

/// Strings of JSON: quotes around them, and escapes for what does not stand for itself. RFC 8259 section 7.
extension OutputSpan<UInt8> {
    /// Appends what a member begins with: its name, which needs no escape, and a colon.
    @inline(__always)
    mutating func append(name: StaticString) {
        append(UInt8(ascii: "\""))
        append(name)
        append(UInt8(ascii: "\""))
        append(UInt8(ascii: ":"))
    }

    /// Appends an id as a string.
    mutating func append(quoted id: TaskID) {
        append(UInt8(ascii: "\""))
        id.write(to: &self)
        append(UInt8(ascii: "\""))
    }

    /// Appends a text that needs no escape as a string.
    @inline(__always)
    mutating func append(quoted text: RawSpan) {
        append(UInt8(ascii: "\""))
        append(copying: text)
        append(UInt8(ascii: "\""))
    }

    /// Appends a text as a string: it is copied from one byte that needs an escape to the next.
    ///
    /// - Precondition: there is as much room as ``Swift/RawSpan/roomAsJSON`` says.
    mutating func append(json text: RawSpan) {
        var end = text.isEmpty ? 0 : text.endOfPlainJSON(from: 0)
        if end == text.byteCount { return append(quoted: text) }
        append(UInt8(ascii: "\""))
        var start = 0
        while end < text.byteCount {
            append(copying: text.extracting(start..<end))
            append(escaping: text.byte(at: end))
            start = end + 1
            end = text.endOfPlainJSON(from: start)
        }
        append(copying: text.extracting(start..<end))
        append(UInt8(ascii: "\""))
    }

    private mutating func append(escaping byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append(#"\""#)
        case UInt8(ascii: "\\"): append(#"\\"#)
        case UInt8(ascii: "\n"): append(#"\n"#)
        case UInt8(ascii: "\r"): append(#"\r"#)
        case UInt8(ascii: "\t"): append(#"\t"#)
        default:
            append(#"\u00"#)
            append(UInt8(ascii: byte < 16 ? "0" : "1"))
            append(UInt8.hexDigit(byte & 15))
        }
    }
}

extension RawSpan {
    /// How many bytes the text has at most as a string of JSON, its quotes counted.
    ///
    /// - Complexity: O(1) for a short text, O(bytes) for a long one, whose room is exact.
    var roomAsJSON: Int { 2 + (byteCount <= 512 ? Self.longestEscape * byteCount : lengthAsJSON) }

    private var lengthAsJSON: Int {
        var length = byteCount
        var place = endOfPlainJSON(from: 0)
        while place < byteCount {
            length += Self.longestEscape - 1
            place = endOfPlainJSON(from: place + 1)
        }
        return length
    }

    /// `\u001f`.
    private static var longestEscape: Int { 6 }
}

extension UInt8 {
    /// The lower-case digit of a number below 16.
    fileprivate static func hexDigit(_ number: UInt8) -> UInt8 {
        number < 10 ? UInt8(ascii: "0") + number : UInt8(ascii: "a") + number - 10
    }
}
