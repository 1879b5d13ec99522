import UVCore

extension WebSocketURL {
    /// The URL with `name=value` as the last item of its query, in place of each that it has of that name.
    ///
    /// - Parameters:
    ///   - name: One that stands for itself in a query, such as `rooms`.
    ///   - value: Any text: what does not stand for itself is written as `%` and two digits.
    /// - Complexity: O(length).
    public func setting(_ name: String, to value: String) -> WebSocketURL {
        let kept = items.filter { !Self.isItem($0, named: name) }
        var changed = self
        changed.target = path + "?" + (kept + ["\(name)=\(Self.encoded(value))"]).joined(separator: "&")
        return changed
    }

    /// What the query's last item of that name says; nil if it has none.
    ///
    /// - Complexity: O(length).
    package func value(of name: String) -> String? {
        items.last { Self.isItem($0, named: name) }.map { Self.decoded($0.utf8.dropFirst(name.utf8.count + 1)) }
    }

    private static let mark = UInt8(ascii: "?")

    private var path: String { String(decoding: target.utf8.prefix { $0 != Self.mark }, as: UTF8.self) }

    private var items: [String] {
        target.utf8.drop { $0 != Self.mark }.dropFirst().split(separator: UInt8(ascii: "&"))
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private static func isItem(_ item: String, named name: String) -> Bool {
        item.begins(with: "\(name)=") || item.isSame(as: name)
    }

    private static func encoded(_ value: String) -> String {
        value.utf8.map { byte -> String in
            if standsForItself(byte) { return String(UnicodeScalar(byte)) }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// The text with each `%41` as what it stands for.
    private static func decoded(_ text: Substring.UTF8View) -> String {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2).compactMap(\.hexDigit)
            if byte == UInt8(ascii: "%"), digits.count == 2 {
                bytes.append(digits[0] << 4 | digits[1])
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The unreserved characters of RFC 3986 section 2.3, and the comma.
    private static func standsForItself(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: ",-._~".utf8.contains(byte)
        }
    }
}
