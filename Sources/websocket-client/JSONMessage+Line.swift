import UVTasks

extension JSONMessage {
    /// The message as one line that says the same: without line breaks between values, and with the characters escaped
    /// that would give a terminal orders, turn its line around, or end a line for some readers.
    ///
    /// Between values JSON has only ASCII, and in strings it has no control characters below U+0020, so what is looked for
    /// stands in strings.
    var line: [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(bytes.count + 1)
        var offset = 0
        while offset < bytes.count {
            let byte = bytes[offset]
            let length = Self.length(of: byte)
            let character = bytes[offset..<min(offset + length, bytes.count)]
            offset += length
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { continue }
            if let escape = Self.escape(character) { line += escape.utf8 } else { line += character }
        }
        return line
    }

    /// How many bytes the character has that begins with `byte`, in text that is known to be UTF-8.
    private static func length(of byte: UInt8) -> Int {
        switch byte {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }

    private static func escape(_ character: ArraySlice<UInt8>) -> String? {
        // Most are ASCII, and need no look.
        if character.count == 1, character.first != 0x7F { return nil }
        guard let scalar = String(decoding: character, as: UTF8.self).unicodeScalars.first else { return nil }
        let value = scalar.value
        guard value == 0x7F || (0x80...0x9F).contains(value) || scalar.isDirection || value == 0x2028 || value == 0x2029
        else { return nil }
        let digits = String(value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }
}
