import UVCore

/// The cookies that a client sends with a request. RFC 6265 section 5.4.
///
/// Nothing is kept but the field's text: each question reads it anew. It is read as Express reads it: a piece between two
/// semicolons without `=` or without a name is skipped, white space around name and value does not count, nor do quotation
/// marks around a value. Values are not decoded further. Names are compared as bytes, and the first of a name counts: a
/// client sends the one of the longest path first.
public struct RequestCookies: Sendable {
    private let text: String

    /// - Parameter text: The value of a `Cookie` field; nil for no cookies.
    public init(_ text: String?) { self.text = text ?? "" }

    /// The value of the cookie `name`; nil if it was not sent.
    ///
    /// - Complexity: O(length of the field).
    public subscript(name: String) -> String? {
        let bytes = text.utf8Span.span.bytes
        var place = CookiePlace()
        while place.advance(in: bytes) {
            if bytes.extracting(place.name).isSame(as: name.utf8Span.span.bytes) { return bytes.text(place.value) }
        }
        return nil
    }

    /// Whether no cookie was sent.
    public var isEmpty: Bool {
        var place = CookiePlace()
        return !place.advance(in: text.utf8Span.span.bytes)
    }
}

extension RequestCookies: Sequence {
    /// Walks the cookies in the order they were sent.
    public struct Iterator: IteratorProtocol {
        private let text: String
        private var place = CookiePlace()

        init(_ text: String) { self.text = text }

        public mutating func next() -> (name: String, value: String)? {
            let bytes = text.utf8Span.span.bytes
            guard place.advance(in: bytes) else { return nil }
            return (bytes.text(place.name), bytes.text(place.value))
        }
    }

    public func makeIterator() -> Iterator { Iterator(text) }
}

/// Where one cookie lies in the value of a `Cookie` field.
private struct CookiePlace {
    private(set) var name = 0..<0
    private(set) var value = 0..<0
    private var next = 0

    /// Goes on to the next cookie. False if there is none.
    mutating func advance(in text: RawSpan) -> Bool {
        while next < text.byteCount {
            let pair = next..<text.firstOffset(of: UInt8(ascii: ";"), in: next..<text.byteCount)
            next = pair.upperBound + 1
            let end = text.firstOffset(of: UInt8(ascii: "="), in: pair)
            guard end < pair.upperBound else { continue }
            name = text.trimming(pair.lowerBound..<end)
            guard !name.isEmpty else { continue }
            value = text.unquoting(text.trimming(end + 1..<pair.upperBound))
            return true
        }
        return false
    }
}

extension RawSpan {
    /// The range without the quotation marks that enclose it.
    fileprivate func unquoting(_ range: Range<Int>) -> Range<Int> {
        let mark = UInt8(ascii: "\"")
        guard range.count >= 2, byte(at: range.lowerBound) == mark, byte(at: range.upperBound - 1) == mark else {
            return range
        }
        return range.lowerBound + 1..<range.upperBound - 1
    }

    fileprivate func text(_ range: Range<Int>) -> String {
        String(decoding: [UInt8](copying: extracting(range)), as: UTF8.self)
    }
}
