/// Text that came from a client is compared as its bytes: `==` normalises, which takes quadratic time for a letter with
/// many marks, and calls different texts equal.
extension String {
    /// Whether both are the same bytes of UTF-8.
    ///
    /// - Complexity: O(length), and O(1) where the lengths differ.
    func isSame(as other: String) -> Bool {
        let (left, right) = (utf8Span.span, other.utf8Span.span)
        guard left.count == right.count else { return false }
        for index in left.indices where left[index] != right[index] { return false }
        return true
    }
}

extension String? {
    /// Whether both are nil, or the same bytes of UTF-8.
    func isSame(as other: String?) -> Bool {
        switch (self, other) {
        case (nil, nil): true
        case (let left?, let right?): left.isSame(as: right)
        default: false
        }
    }
}
