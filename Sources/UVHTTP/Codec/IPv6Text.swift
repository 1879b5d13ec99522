/// An IPv6 address by its eight numbers, read from text and written as browsers write it.
package struct IPv6Text: Hashable, Sendable {
    /// The numbers between the colons, all eight of them.
    package let pieces: [UInt16]

    /// Reads an address without brackets and zone; nil for anything else. RFC 4291 section 2.2.
    package init?(_ text: some Sequence<UInt8>) {
        let bytes = Array(text)
        guard let gap = Self.gap(in: bytes) else {
            guard let pieces = Self.pieces(bytes[...]), pieces.count == 8 else { return nil }
            self.pieces = pieces
            return
        }
        guard let head = Self.pieces(bytes[..<gap]), let tail = Self.pieces(bytes[(gap + 2)...]) else { return nil }
        // `::` stands for one number at least, so the others are seven at most.
        guard head.count + tail.count < 8 else { return nil }
        pieces = head + [UInt16](repeating: 0, count: 8 - head.count - tail.count) + tail
    }

    /// Whether it is `::1`, or an address of 127.0.0.0/8 that is written as one of IPv6.
    package var isLoopback: Bool {
        if pieces == [0, 0, 0, 0, 0, 0, 0, 1] { return true }
        return pieces[..<5].allSatisfy { $0 == 0 } && pieces[5] == 0xFFFF && pieces[6] >> 8 == 127
    }

    /// The place of the first `::`.
    private static func gap(in bytes: [UInt8]) -> Int? {
        bytes.indices.dropLast().first { bytes[$0] == UInt8(ascii: ":") && bytes[$0 + 1] == UInt8(ascii: ":") }
    }

    /// The numbers between colons; the last two may be an address of IPv4. None for no text at all.
    private static func pieces(_ bytes: ArraySlice<UInt8>) -> [UInt16]? {
        guard !bytes.isEmpty else { return [] }
        var pieces: [UInt16] = []
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let address = IPv4Text(part) else { return nil }
                pieces += [UInt16(address.octets[0]) << 8 | UInt16(address.octets[1])]
                pieces += [UInt16(address.octets[2]) << 8 | UInt16(address.octets[3])]
            } else {
                guard let piece = piece(part) else { return nil }
                pieces.append(piece)
            }
        }
        return pieces.count <= 8 ? pieces : nil
    }

    private static func piece(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard (1...4).contains(digits.count) else { return nil }
        var value: UInt16 = 0
        for digit in digits {
            guard let digit = ChunkedDecoder.value(ofDigit: digit) else { return nil }
            value = value << 4 | UInt16(truncatingIfNeeded: digit)
        }
        return value
    }
}

extension IPv6Text {
    /// The one text that browsers give an address: lower case, no leading zeros, the first of the longest runs of zeros
    /// as `::`. WHATWG URL, IPv6 serializer; as RFC 5952, but that no part is written as IPv4.
    package var canonical: String {
        let gap = longestRunOfZeros
        func text(_ range: Range<Int>) -> String { pieces[range].map { String($0, radix: 16) }.joined(separator: ":") }
        guard gap.count > 1 else { return text(0..<8) }
        return "\(text(0..<gap.lowerBound))::\(text(gap.upperBound..<8))"
    }

    private var longestRunOfZeros: Range<Int> {
        var (longest, start) = (0..<0, 0)
        for index in 0...8 where index == 8 || pieces[index] != 0 {
            if index - start > longest.count { longest = start..<index }
            start = index + 1
        }
        return longest
    }
}

/// An IPv4 address in four decimal numbers, as `inet_pton` reads it: no leading zeros, nothing left out.
package struct IPv4Text: Hashable, Sendable {
    package let octets: [UInt8]

    package init?(_ text: some Sequence<UInt8>) {
        let parts = Array(text).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var octets: [UInt8] = []
        for part in parts {
            guard (1...3).contains(part.count), part.allSatisfy(HTTPGrammar.isDigit) else { return nil }
            guard part.count == 1 || part.first != UInt8(ascii: "0") else { return nil }
            let value = part.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
            guard let octet = UInt8(exactly: value) else { return nil }
            octets.append(octet)
        }
        self.octets = octets
    }

    package var isLoopback: Bool { octets[0] == 127 }
}
