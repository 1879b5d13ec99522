/// What `If-Match` or `If-None-Match` names: any state of a resource, or some by their tags. RFC 9110 section 13.1.
enum EntityTags: Hashable {
    case any
    /// Those of a form that this server gives, by revision. Others match nothing.
    case revisions(strong: [Int], weak: [Int])

    /// The tag of a revision: `"7"`.
    static func tag(of revision: Int) -> String { "\"\(revision)\"" }

    /// Reads the field's value, up to the first part that is no tag.
    /// - Complexity: O(length of the value).
    init(_ value: String) {
        var rest = Array(value.utf8)[...]
        if rest.elementsEqual("*".utf8) {
            self = .any
            return
        }
        var (strong, weak): ([Int], [Int]) = ([], [])
        while let tag = Self.next(in: &rest) {
            guard let revision = Self.revision(tag.opaque) else { continue }
            if tag.isWeak { weak.append(revision) } else { strong.append(revision) }
        }
        self = .revisions(strong: strong, weak: weak)
    }

    /// Whether a field of that value names the tag `opaque`, which has no quotes here, or any. Weak tags count where the
    /// comparison is weak.
    ///
    /// - Complexity: O(length of the value).
    static func name(_ opaque: String, in value: String, weakly: Bool) -> Bool {
        var rest = Array(value.utf8)[...]
        if rest.elementsEqual("*".utf8) { return true }
        while let tag = next(in: &rest) {
            if weakly || !tag.isWeak, tag.opaque.elementsEqual(opaque.utf8) { return true }
        }
        return false
    }

    /// Takes the next tag off the list: `entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE`, RFC 9110 section 8.8.3. Nil at the
    /// end of the list, or where there is none.
    private static func next(in rest: inout ArraySlice<UInt8>) -> (isWeak: Bool, opaque: ArraySlice<UInt8>)? {
        rest = rest.drop { $0 == UInt8(ascii: ",") || isSpace($0) }
        let isWeak = rest.starts(with: "W/".utf8)
        if isWeak { rest = rest.dropFirst(2) }
        guard rest.first == UInt8(ascii: "\"") else { return nil }
        let opaque = rest.dropFirst().prefix { $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != 0x7F }
        let behind = rest[opaque.endIndex...]
        guard behind.first == UInt8(ascii: "\"") else { return nil }
        rest = behind.dropFirst().drop(while: isSpace)
        guard rest.isEmpty || rest.first == UInt8(ascii: ",") else { return nil }
        return (isWeak, opaque)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    /// The number that those digits are as this server writes it: without a sign and leading zeros.
    private static func revision(_ digits: ArraySlice<UInt8>) -> Int? {
        let hasLeadingZero = digits.count > 1 && digits.first == UInt8(ascii: "0")
        guard (1...19).contains(digits.count), !hasLeadingZero else { return nil }
        var number = 0
        for digit in digits {
            let value = Int(digit) - Int(UInt8(ascii: "0"))
            guard (0...9).contains(value) else { return nil }
            let (product, hasOverflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, hasCarry) = product.addingReportingOverflow(value)
            guard !hasOverflow, !hasCarry else { return nil }
            number = sum
        }
        return number
    }
}
