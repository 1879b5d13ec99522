/// The type of a body as a `Content-Type` names it. RFC 9110 section 8.3.1.
enum JSONType {
    /// Whether a body of this type is JSON: `application/json`, `text/json`, or a type that ends in `+json`, RFC 6839
    /// section 3.1. Parameters such as a charset do not count: JSON is UTF-8, RFC 8259 section 8.1.
    ///
    /// - Complexity: O(length of `contentType`).
    static func isNamed(by contentType: String) -> Bool {
        let type = contentType.utf8.prefix { $0 != UInt8(ascii: ";") }.filter {
            $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t")
        }
        // Types are ASCII; a byte beyond it stays as it is, and is in none of these names.
        let folded = type.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        return folded.elementsEqual("application/json".utf8) || folded.elementsEqual("text/json".utf8)
            || folded.suffix(5).elementsEqual("+json".utf8)
    }
}
