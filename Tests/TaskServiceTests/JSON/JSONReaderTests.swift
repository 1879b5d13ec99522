import Testing

@testable import TaskService

@Suite("Reading JSON")
struct JSONReaderTests {
    private func read(_ text: String) throws -> JSONTree { try JSONTree.read(Array(text.utf8)) }

    @Test(
        "A text is what RFC 8259 says it is",
        arguments: [
            ("null", .null), (" true ", .bool(true)), ("false", .bool(false)), ("0", .integer(0)), ("-0", .integer(0)),
            ("-12", .integer(-12)), ("9223372036854775807", .integer(.max)), ("9223372036854775808", .number(0x1p63)),
            ("1.5", .number(1.5)), ("5.0", .number(5)), ("1e3", .number(1_000)), ("1E+2", .number(100)),
            ("1e-2", .number(0.01)), ("1e400", .number(.infinity)), ("-1e400", .number(-.infinity)),
            (#""""#, .string("")), (#""a\"\\\/\b\f\n\r\t""#, .string("a\"\\/\u{8}\u{C}\n\r\t")),
            (#""\u00e9\uD83D\uDE00\u0000""#, .string("é😀\u{0}")), ("\"\u{7F}\u{2028}é\"", .string("\u{7F}\u{2028}é")),
            ("[]", .strings([])), (#"[ "a" ,"\u0062"]"#, .strings(["a", "b"])), ("[ 1 , [ ] ]", .mixedArray),
            (#"["a",{"b":"c"}]"#, .mixedArray), ("{}", .object), ("\t{ \"a\" : 1 ,\r\n\"b\":{}}", .object),
        ] as [(String, JSONTree)])
    func accepted(text: String, value: JSONTree) throws {
        #expect(try read(text) == value)
    }

    @Test(
        "Of an object the members that are asked for are read, of two of one name the last",
        arguments: [
            ("{}", nil, nil), (#"{"a":1}"#, .integer(1), nil), (#"{"b":[],"a":null}"#, .null, .strings([])),
            (#"{"a":1,"a":2}"#, .integer(2), nil), (#"{"a":"x","b":1,"a":{}}"#, .object, .integer(1)),
            (#"{"\u0061":1,"\u0062":2}"#, .integer(1), .integer(2)), (#"{"aa":1,"":2,"A":3}"#, nil, nil),
            (#"{"x":{"a":1},"y":[{"b":2}]}"#, nil, nil), (#"{"a\u0301":1}"#, nil, nil),
        ] as [(String, JSONTree?, JSONTree?)])
    func members(text: String, a: JSONTree?, b: JSONTree?) throws {
        let members = try JSONTree.readMembers(["a", "b"], of: Array(text.utf8))
        #expect(members?[0] == a && members?[1] == b)
    }

    @Test("What is no object has no members", arguments: ["1", "[]", "\"a\"", "null"])
    func noObject(text: String) throws {
        #expect(try JSONTree.readMembers(["a"], of: Array(text.utf8)) == nil)
    }

    @Test("A letter with very many marks costs as much as other text, as a name and as a value")
    func marks() throws {
        // Hashed or compared as Swift's text it would take minutes.
        let name = "a" + String(repeating: "\u{301}", count: 100_000) + String(repeating: "\u{316}", count: 100_000)
        let text = #"{"\#(name)":"\#(name)","a":["\#(name)"],"\#(name)":1}"#
        let members = try JSONTree.readMembers(["a", "b"], of: Array(text.utf8))
        #expect(members?[0]?.strings?.first?.utf8.count == name.utf8.count)
    }

    @Test(
        "What is one byte beside it is refused",
        arguments: [
            "", " ", "nul", "nulll", "True", "+1", "01", "-", "1.", ".5", "1e", "1e+", "0x1", "NaN", "Infinity", "'a'",
            "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"", "\"\\ud800\\u0041\"",
            "\"\\udc00\"", "\"\n\"", "\"\u{0}\"", "[", "]", "[1,]", "[,1]", "[1 2]", "{", "{\"a\"}", "{\"a\":}",
            "{\"a\":1,}", "{a:1}", "{1:1}", "1 2", "{} {}", "\u{FEFF}1", "// a\n1",
        ])
    func refused(text: String) {
        #expect(throws: JSONError.self) { try read(text) }
    }

    @Test(
        "Bytes that are no UTF-8 are refused wherever they stand",
        arguments: [[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0x80]] as [[UInt8]])
    func invalidUTF8(bytes: [UInt8]) {
        for text in ["\"", #"{"title":"x","a":""#, #"{""#] {
            #expect(throws: JSONError.self) { try JSONTree.read(Array(text.utf8) + bytes + Array(#"":1}"#.utf8)) }
        }
        #expect(throws: JSONError.self) { try JSONTree.read(bytes) }
    }

    @Test("Nesting has a limit", arguments: [("[", "]"), ("{\"a\":", "}")])
    func depth(opening: String, closing: String) throws {
        func nested(_ depth: Int) -> String {
            let inner = closing == "}" ? "1" : ""
            return String(repeating: opening, count: depth) + inner + String(repeating: closing, count: depth)
        }
        _ = try read(nested(JSONReader.depthLimit))
        #expect(throws: JSONError.self) { try read(nested(JSONReader.depthLimit + 1)) }
        #expect(throws: JSONError.self) { try read(String(repeating: opening, count: 100_000)) }
    }

    @Test("Whole numbers are exact up to the last that fits", arguments: [15, 17, 18, 19])
    func wholeNumbers(digits: Int) throws {
        for first in ["1", "8", "9"] {
            let text = first + String(repeating: "9", count: digits - 1)
            guard let number = Int(text) else {
                #expect(try read(text) == .number(try #require(Double(text))))
                continue
            }
            #expect(try read(text) == .integer(number))
            #expect(try read("-" + text) == .integer(-number))
        }
    }

    @Test("A number is worked out up to a number of digits, and no number beyond")
    func longNumbers() throws {
        let longest = "1." + String(repeating: "0", count: JSONReader.numberLimit - 2)
        #expect(try read(longest) == .number(1))
        guard case .number(let value) = try read(longest + "0") else { return #expect(Bool(false), "no number") }
        #expect(value.isNaN)
    }

    @Test("Whatever bytes come, reading them ends with a value or an error", arguments: [UInt64(7), 20_261_123])
    func noise(seed: UInt64) {
        var state = seed
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let good = Array(#"{"title":"a\u00e9\n","priority":-1.5e3,"dependencies":["x",null,true],"o":{"a":[]}}"#.utf8)
        for _ in 0..<5_000 {
            var bytes = good
            for _ in 0...random(4) {
                switch random(3) {
                case 0: bytes[random(bytes.count)] = UInt8(random(256))
                case 1: bytes.remove(at: random(bytes.count))
                default: bytes.insert(Array("\"\\{}[],:0e-.u".utf8)[random(13)], at: random(bytes.count))
                }
            }
            _ = try? JSONTree.readMembers(["title", "dependencies"], of: bytes)
            _ = try? JSONTree.read(bytes)
        }
    }
}
