/// Which bytes of a file a request wants: RFC 9110 section 14. A pure value.
enum ByteRanges: Equatable {
    /// All: the field asks for nothing that is understood, or for more parts than are worth it.
    case whole
    /// These, none of them empty, in the order in which they were asked for.
    case parts([Range<Int64>])
    /// Bytes that the file has not.
    case unsatisfiable

    /// What more parts than this cost is more than the whole: each has a head of its own.
    static let mostParts = 16

    /// - Parameters:
    ///   - field: The value of `Range`, such as `bytes=0-99,-1`.
    ///   - size: The length of the file.
    init(_ field: String, size: Int64) {
        let bytes = field.utf8
        guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")), Self.isBytes(bytes[..<equals]) else {
            self = .whole
            return
        }
        var parts: [Range<Int64>] = []
        var isAsked = false
        for element in bytes[bytes.index(after: equals)...].split(separator: UInt8(ascii: ",")) {
            let element = element.trimmed
            if element.isEmpty { continue }
            // One that is not valid makes the field invalid, which is as if it were not there.
            guard let range = Self.range(element, size) else {
                self = .whole
                return
            }
            isAsked = true
            if !range.isEmpty { parts.append(range) }
            if parts.count > Self.mostParts { break }
        }
        // Those that overlap would be more than the file: section 14.2 lets a server ignore them.
        if !isAsked || parts.count > Self.mostParts || !Self.fit(parts, size) {
            self = .whole
        } else {
            self = parts.isEmpty ? .unsatisfiable : .parts(parts)
        }
    }

    /// Whether all of them together are no more than the file. Their sum may be more than any number.
    private static func fit(_ parts: [Range<Int64>], _ size: Int64) -> Bool {
        var rest = size
        return parts.allSatisfy { part in
            let length = part.upperBound - part.lowerBound
            guard length <= rest else { return false }
            rest -= length
            return true
        }
    }

    private static func isBytes(_ unit: Substring.UTF8View) -> Bool {
        unit.trimmed.map { $0 | 0x20 }.elementsEqual("bytes".utf8)
    }

    /// The bytes that `first-last`, `first-` or `-length` name, which are none beyond the end; nil if it is none of these.
    private static func range(_ text: Substring.UTF8View, _ size: Int64) -> Range<Int64>? {
        guard let dash = text.firstIndex(of: UInt8(ascii: "-")) else { return nil }
        let (before, behind) = (text[..<dash], text[text.index(after: dash)...])
        if before.isEmpty {
            guard let length = number(behind) else { return nil }
            return max(0, size - length)..<size
        }
        guard let first = number(before) else { return nil }
        guard !behind.isEmpty else { return min(first, size)..<size }
        guard let last = number(behind), last >= first else { return nil }
        return min(first, size)..<min(last, size - 1) + 1
    }

    /// A number in digits; one that is too long for any file is as good as the greatest.
    private static func number(_ digits: Substring.UTF8View) -> Int64? {
        guard !digits.isEmpty else { return nil }
        var number: Int64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            let (tens, isTooLong) = number.multipliedReportingOverflow(by: 10)
            number = isTooLong || tens > .max - 9 ? .max - 9 : tens + Int64(digit - UInt8(ascii: "0"))
        }
        return min(number, .max - 10)
    }
}
