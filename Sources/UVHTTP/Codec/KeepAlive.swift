import UVCore

/// What a server announces in `Keep-Alive: timeout=5, max=100`. RFC 2068 section 19.7.1.1, which later ones left out.
enum KeepAlive {
    /// How long it keeps an idle connection; nil if it does not say, or says what is no number of seconds.
    static func timeout(in value: String) -> Duration? {
        let bytes = value.utf8Span.span.bytes
        var list = FieldList(0..<bytes.byteCount)
        while let element = list.next(bytes) {
            let (name, digits) = (element.prefix(8), element.dropFirst(8))
            guard bytes.matches("timeout=", at: name), (1...9).contains(digits.count) else { continue }
            var seconds = 0
            for offset in digits {
                guard HTTPGrammar.isDigit(bytes.byte(at: offset)) else { return nil }
                seconds = seconds * 10 + Int(bytes.byte(at: offset) - UInt8(ascii: "0"))
            }
            return .seconds(seconds)
        }
        return nil
    }
}
