import TaskEngine
import UVCore

extension Timestamp {
    /// Reads a date and a time with an offset, as ISO 8601 has them: `2026-01-02T03:04:05.678Z`, `2026-01-02T03:04+01:00`.
    /// Seconds and their fraction may be left out, of which milliseconds count. Nil for anything else, and where the offset
    /// leads out of the years 0 to 9999.
    ///
    /// - Complexity: O(length).
    init?(iso8601 text: RawSpan) {
        guard (17...40).contains(text.byteCount), text.byte(at: 10) | 0x20 == UInt8(ascii: "t") else { return nil }
        var plain = Array("0000-00-00T00:00:00.000Z".utf8)
        for place in 0..<16 where place != 10 { plain[place] = text.byte(at: place) }
        var place = 16
        func byte() -> UInt8 { place < text.byteCount ? text.byte(at: place) : 0 }
        if byte() == UInt8(ascii: ":") {
            guard place + 3 <= text.byteCount else { return nil }
            (plain[17], plain[18]) = (text.byte(at: place + 1), text.byte(at: place + 2))
            place += 3
            if byte() == UInt8(ascii: ".") || byte() == UInt8(ascii: ",") {
                let start = place + 1
                place = start
                while byte().isDigit {
                    if place - start < 3 { plain[20 + place - start] = byte() }
                    place += 1
                }
                guard place > start else { return nil }
            }
        }
        guard let time = Timestamp(utf8: plain.span.bytes),
            let offset = Self.offset(text.extracting(place..<text.byteCount))
        else { return nil }
        self.init(milliseconds: time.milliseconds - offset)
        guard Self.fourDigitYears.contains(self) else { return nil }
    }

    /// The milliseconds of `Z`, `+01`, `+01:30` or `+0130`.
    private static func offset(_ text: RawSpan) -> Int64? {
        guard text.byteCount > 0 else { return nil }
        let sign = text.byte(at: 0)
        if text.byteCount == 1 { return sign | 0x20 == UInt8(ascii: "z") ? 0 : nil }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
        var digits: [Int64] = []
        for place in 1..<text.byteCount {
            let byte = text.byte(at: place)
            if byte == UInt8(ascii: ":"), place == 3, text.byteCount == 6 { continue }
            guard byte.isDigit else { return nil }
            digits.append(Int64(byte - UInt8(ascii: "0")))
        }
        guard digits.count == 2 || digits.count == 4 else { return nil }
        let (hours, minutes) = (digits[0] * 10 + digits[1], digits.count == 4 ? digits[2] * 10 + digits[3] : 0)
        guard hours < 24, minutes < 60 else { return nil }
        return (hours * 60 + minutes) * 60_000 * (sign == UInt8(ascii: "-") ? -1 : 1)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
}
