extension [UInt8] {
    /// The bytes as text.
    var text: String { String(decoding: self, as: UTF8.self) }
}

extension String {
    /// An answer without its `Date` line, which is another one each second.
    var withoutDate: String { replacing(/Date: [^\r]*\r\n/, with: "") }

    /// The text on one line: each line end as `\r\n`.
    var onOneLine: String { replacing("\r\n", with: #"\r\n"#) }

    /// The text as JavaScript's `JSON.stringify` writes it.
    var quoted: String { "\"\(onOneLine)\"" }
}
