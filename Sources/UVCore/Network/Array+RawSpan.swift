extension [UInt8] {
    /// A copy of what lies in `bytes`.
    ///
    /// - Complexity: O(n).
    package init(copying bytes: RawSpan) {
        self = bytes.withUnsafeBytes { [UInt8]($0) }
    }

    /// Appends a copy of what lies in `bytes`.
    ///
    /// - Complexity: O(n).
    package mutating func append(copying bytes: RawSpan) {
        bytes.withUnsafeBytes { append(contentsOf: $0) }
    }
}
