extension Substring.UTF8View {
    /// Without the spaces and tabs at both ends.
    var trimmed: Substring.UTF8View {
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        let rest = drop(while: isBlank)
        guard let last = rest.lastIndex(where: { !isBlank($0) }) else { return rest[..<rest.startIndex] }
        return rest[...last]
    }
}
