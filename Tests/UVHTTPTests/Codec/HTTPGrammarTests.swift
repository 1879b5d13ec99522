import Testing

@testable import UVHTTP

@Suite("The bytes that may stand where")
struct HTTPGrammarTests {
    private static let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    private static let digits = "0123456789"

    @Test(
        "Each set has the bytes of its RFC and no other",
        arguments: [
            (HTTPGrammar.token, "!#$%&'*+-.^_`|~"), (HTTPGrammar.host, "-._~%!$&'()*+,;="),
            (HTTPGrammar.address, "-._~%!$&'()*+,;=:"), (HTTPGrammar.authority, "-._~%!$&'()*+,;=:[]"),
        ])
    func sets(set: ASCIISet, marks: String) {
        let expected = Set((Self.letters + Self.digits + marks).utf8)
        for byte in UInt8.min...UInt8.max {
            #expect(set.contains(byte) == expected.contains(byte), "\(byte)")
        }
    }

    @Test(
        "Every byte is taken or refused in a name as the grammar says, wherever in a word it stands", arguments: 0..<12)
    func names(position: Int) {
        for byte in UInt8.min...UInt8.max where byte != UInt8(ascii: ":") {
            let bytes = spoiled("aaaaaaaaaaaa: b", position, byte, before: "GET / HTTP/1.1\r\n", after: "\r\n\r\n")
            // A CR at the beginning of a line would end the head, or not.
            let isAllowed = HTTPGrammar.token.contains(byte)
            #expect((Reading(bytes).error == nil) == isAllowed, "byte \(byte) at \(position)")
        }
    }

    @Test(
        "Every byte is taken or refused in a value as the grammar says, wherever in a word it stands", arguments: 0..<12
    )
    func values(position: Int) {
        for byte in UInt8.min...UInt8.max {
            let bytes = spoiled("aaaaaaaaaaaa", position, byte, before: "GET / HTTP/1.1\r\nA: ", after: "\r\n\r\n")
            #expect((Reading(bytes).error == nil) == HTTPGrammar.isText(byte), "byte \(byte) at \(position)")
        }
    }

    @Test(
        "Every byte is taken or refused in a target as the grammar says, wherever in a word it stands",
        arguments: 1..<12)
    func targets(position: Int) {
        for byte in UInt8.min...UInt8.max where byte != UInt8(ascii: " ") {
            let bytes = spoiled("/aaaaaaaaaaaa", position, byte, before: "GET ", after: " HTTP/1.1\r\n\r\n")
            let isAllowed = (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "#")
            #expect((Reading(bytes).error == nil) == isAllowed, "byte \(byte) at \(position)")
        }
    }

    private func spoiled(_ text: String, _ position: Int, _ byte: UInt8, before: String, after: String) -> [UInt8] {
        var bytes = Array(text.utf8)
        bytes[position] = byte
        return Array(before.utf8) + bytes + Array(after.utf8)
    }

    @Test("Names that may be sent", arguments: ["A", "x-request-id", "!#$%&'*+-.^_`|~"])
    func goodNames(name: String) { #expect(HTTPGrammar.isFieldName(name)) }

    @Test("Names that may not be sent", arguments: ["", "A:", "A B", "A\r\nB", "Ä", "A\t", "A\u{0}"])
    func badNames(name: String) { #expect(!HTTPGrammar.isFieldName(name)) }

    @Test("Values that may be sent", arguments: ["", "b", "a\tb", "ü – 😀", "long enough for a word, and a tab\tin it"])
    func goodValues(value: String) {
        #expect(HTTPGrammar.isFieldValue(value))
        let bytes = Array(value.utf8)
        let isValue = HTTPGrammar.isFieldValue(bytes.span.bytes)
        #expect(isValue)
    }

    @Test(
        "Values that may not be sent",
        arguments: [
            "a\r\nSet-Cookie: b", "a\n", "\r", "a\u{0}", "a\u{7F}", "a value of some length\u{1B}[2J and more",
        ])
    func badValues(value: String) {
        #expect(!HTTPGrammar.isFieldValue(value))
        let bytes = Array(value.utf8)
        let isValue = HTTPGrammar.isFieldValue(bytes.span.bytes)
        #expect(!isValue)
    }

    @Test(
        "Hosts with and without port",
        arguments: [
            ("x", true, false), ("localhost:3000", true, true), ("[::1]", true, false), ("[::1]:80", true, true),
            ("x:65535", true, true), ("x:65536", false, false), ("x:", true, false), ("x:000080", false, false),
            ("x:8a", false, false), (":80", false, false), ("", false, false), ("[]", false, false),
            ("[::1", false, false),
            ("[::1]x", false, false), ("::1", false, false), ("a@b", false, false), ("a/b", false, false),
            ("a b", false, false), ("ä", false, false),
        ])
    func authorities(text: String, alone: Bool, withPort: Bool) {
        let bytes = Array(text.utf8)
        let isAlone = bytes.span.bytes.isAuthority(0..<bytes.count, needsPort: false)
        let isWithPort = bytes.span.bytes.isAuthority(0..<bytes.count, needsPort: true)
        #expect(isAlone == alone)
        #expect(isWithPort == withPort)
    }
}
