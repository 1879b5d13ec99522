/// What Redis' `INFO` says, by names.
struct RedisInfo {
    private let lines: [ArraySlice<UInt8>]

    init(_ text: [UInt8]) { lines = text.split { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") } }

    /// What it says of `name`; nil if it says nothing.
    ///
    /// - Complexity: O(text).
    subscript(name: String) -> [UInt8]? {
        let beginning = Array(name.utf8) + [UInt8(ascii: ":")]
        return lines.first { $0.starts(with: beginning) }.map { Array($0.dropFirst(beginning.count)) }
    }

    /// Whether it says that of `name`.
    func says(_ name: String, _ value: String) -> Bool { self[name]?.elementsEqual(value.utf8) ?? false }
}
