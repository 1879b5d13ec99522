import UVCore

/// Where JSON stops being JSON: `JSONDecoder` says only that it does. RFC 8259.
struct JSONPlace {
    /// Both from 1; a column is a byte.
    let line, column: Int
    /// Whether everything up to the end was right, and something is missing.
    let isEnd: Bool

    /// Nil if `json` is right.
    ///
    /// - Complexity: O(length of `json`).
    init?(in json: [UInt8]) {
        var reader = Reader(json: json)
        guard let place = reader.firstFault() else { return nil }
        let before = json[..<place]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        line = 1 + before.count { $0 == UInt8(ascii: "\n") }
        column = 1 + place - lineStart
        isEnd = place == json.count
    }
}

/// Goes through a text and keeps which brackets are open: it calls nothing for what is nested.
private struct Reader {
    let json: [UInt8]
    var index = 0
    private var open: [UInt8] = []

    init(json: [UInt8]) { self.json = json }

    /// The index of the first byte that cannot be there; nil if there is none.
    mutating func firstFault() -> Int? {
        repeat {
            skipSpace()
            guard let isOver = readValue() else { return index }
            if isOver, !readEndOfValues() { return index }
        } while !open.isEmpty
        skipSpace()
        return index == json.count ? nil : index
    }

    /// Reads a value, or the bracket that opens one. Returns whether it is over; nil if there is none.
    private mutating func readValue() -> Bool? {
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            return readOpening()
        case UInt8(ascii: "\""): return readString() ? true : nil
        case UInt8(ascii: "t"): return read("true") ? true : nil
        case UInt8(ascii: "f"): return read("false") ? true : nil
        case UInt8(ascii: "n"): return read("null") ? true : nil
        default: return readNumber() ? true : nil
        }
    }

    private mutating func readOpening() -> Bool? {
        open.append(json[index])
        index += 1
        skipSpace()
        let isObject = open.last == UInt8(ascii: "{")
        if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
            index += 1
            open.removeLast()
            return true
        }
        return !isObject || readName() ? false : nil
    }

    /// Reads what may stand behind a value: the brackets that it closes, and the comma before the next one.
    private mutating func readEndOfValues() -> Bool {
        while let bracket = open.last {
            skipSpace()
            let isObject = bracket == UInt8(ascii: "{")
            if byte == UInt8(ascii: ",") {
                index += 1
                skipSpace()
                return !isObject || readName()
            }
            guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { return false }
            index += 1
            open.removeLast()
        }
        return true
    }

    private mutating func readName() -> Bool {
        guard byte == UInt8(ascii: "\""), readString() else { return false }
        skipSpace()
        return read(":")
    }

    private mutating func readString() -> Bool {
        index += 1
        while let byte, byte >= 0x20 {
            index += 1
            if byte == UInt8(ascii: "\"") { return true }
            if byte == UInt8(ascii: "\\"), !readEscape() { return false }
        }
        return false
    }

    private mutating func readEscape() -> Bool {
        guard let byte, "\"\\/bfnrtu".utf8.contains(byte) else { return false }
        index += 1
        guard byte == UInt8(ascii: "u") else { return true }
        for _ in 0..<4 {
            guard let digit = self.byte, digit.hexDigit != nil else { return false }
            index += 1
        }
        return true
    }

    private mutating func readNumber() -> Bool {
        if byte == UInt8(ascii: "-") { index += 1 }
        if byte == UInt8(ascii: "0") { index += 1 } else { guard readDigits() else { return false } }
        if byte == UInt8(ascii: ".") {
            index += 1
            guard readDigits() else { return false }
        }
        if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            index += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { index += 1 }
            return readDigits()
        }
        return true
    }

    private mutating func readDigits() -> Bool {
        let start = index
        while let byte, byte &- UInt8(ascii: "0") < 10 { index += 1 }
        return index > start
    }

    private mutating func read(_ word: StaticString) -> Bool {
        word.withUTF8Buffer { word in
            for wanted in word {
                guard byte == wanted else { return false }
                index += 1
            }
            return true
        }
    }

    private mutating func skipSpace() {
        while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private var byte: UInt8? { index < json.count ? json[index] : nil }
}
