import UVCore

/// The elements of a comma-separated value, each without the white space around it, RFC 9110 section 5.6.1.
package struct FieldList {
    private var cursor: Int
    private let end: Int

    package init(_ value: Range<Int>) {
        cursor = value.lowerBound
        end = value.upperBound
    }

    package mutating func next(_ bytes: RawSpan) -> Range<Int>? {
        guard cursor <= end else { return nil }
        let start = cursor
        while cursor < end, bytes.byte(at: cursor) != UInt8(ascii: ",") { cursor &+= 1 }
        defer { cursor &+= 1 }
        return bytes.trimming(start..<cursor)
    }
}

extension RawSpan {
    /// Whether the comma-separated list has the element `name`, in any case.
    package func hasElement(_ name: StaticString) -> Bool {
        var list = FieldList(0..<byteCount)
        while let element = list.next(self) {
            if matches(name, at: element) { return true }
        }
        return false
    }

    /// Whether the last element of the comma-separated list is `name`, in any case.
    func lastElement(is name: StaticString) -> Bool {
        var list = FieldList(0..<byteCount)
        var last = 0..<0
        while let element = list.next(self) { last = element }
        return matches(name, at: last)
    }
}
