import Testing

@testable import UVHTTPExtras

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("What stands before the JSON decoder")
struct JSONGuardTests {
    @Test(
        "Runs of more than 30 combining characters are refused, however they are written",
        arguments: ["\u{301}", "\\u0301", "\u{1D165}", "\\ud834\\udd65", "\u{301}\\u0327"])
    func runs(mark: String) throws {
        func json(_ count: Int) -> [UInt8] {
            let marks = (mark.unicodeScalars.first?.isASCII ?? true) || mark.unicodeScalars.count == 1 ? 1 : 2
            return Array("{\"a\(String(repeating: mark, count: count / marks))\": \"b\"}".utf8)
        }
        #expect(!CombiningRuns.areTooLong(in: json(30)))
        #expect(CombiningRuns.areTooLong(in: json(32)))
        #expect(throws: InvalidJSON.self) { try JSONCoding.value([String: String].self, of: json(32), with: nil) }
        #expect(try JSONCoding.value([String: String].self, of: json(30), with: nil).count == 1)
    }

    @Test("Runs are counted one by one, and other letters end them")
    func separate() {
        let run = String(repeating: "\u{301}", count: 30)
        for letter in ["a", "é", "한", "€", "\\n", "\\u0061", "😀"] {
            #expect(!CombiningRuns.areTooLong(in: Array("\"\(run)\(letter)\(run)\"".utf8)), "\(letter)")
        }
        #expect(CombiningRuns.areTooLong(in: Array("\"\(run)\u{301}\"".utf8)))
    }

    @Test("Bytes that are no text are looked at without a trap", arguments: 0..<300)
    func anyBytes(seed: Int) {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
        let parts: [[UInt8]] = [
            [0xC0], [0xCC, 0x81], [0xFF], [0xF0, 0x9D], Array("\\u03".utf8), Array("\\ud8".utf8), Array("\\".utf8),
            Array("\\ud834".utf8), Array("{\"".utf8), Array("[".utf8), Array("1e".utf8), Array(",".utf8),
        ]
        var bytes: [UInt8] = []
        for _ in 0..<20 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            bytes += parts[Int(state >> 33) % parts.count]
        }
        _ = CombiningRuns.areTooLong(in: bytes)
        #expect(JSONPlace(in: bytes) != nil)
    }

    @Test("UTF-16 is no JSON of today's")
    func otherEncodings() {
        let json: [UInt8] = [0xFF, 0xFE] + "{}".utf8.flatMap { [$0, 0] }
        #expect(throws: InvalidJSON.self) { try JSONCoding.value([String: Int].self, of: json, with: nil) }
    }

    @Test(
        "The place of a fault is that of the first byte that cannot be there",
        arguments: [
            ("", 0), (" ", 1), ("x", 0), ("[1,]", 3), ("[1 2]", 3), ("{\"a\" 1}", 5), ("{\"a\":1,}", 7), ("{a:1}", 1),
            ("tru", 3),
            ("\"a", 2), ("\"\\x\"", 2), ("\"\\u12g4\"", 5), ("01", 1), ("1.", 2), ("1e+", 3), ("-", 1), ("[]]", 2),
            ("[}", 1),
            ("\"\n\"", 1), ("{\"a\":{\"b\":[1,{]}}", 14), ("1 1", 2), ("nul", 3),
        ])
    func place(json: String, index: Int) {
        let place = JSONPlace(in: Array(json.utf8))
        let before = json.utf8.prefix(index)
        #expect(place?.line == 1 + before.count { $0 == 10 })
        #expect(
            place?.column == 1 + index
                - (before.lastIndex(of: 10).map { before.distance(from: before.startIndex, to: $0) + 1 } ?? 0))
        #expect(place?.isEnd == (index == json.utf8.count))
    }

    @Test(
        "What is JSON has no fault",
        arguments: [
            "0", "-0.5E+10", "\"\"", "\"\\\"\\u00e9\\n\"", "[]", "{}", " [ 1 , [ ] , { \"a\" : { } , \"b\" : null } ] ",
            "true", "false",
            "[[[[1]],2]]",
        ])
    func right(json: String) throws {
        #expect(JSONPlace(in: Array(json.utf8)) == nil)
        #expect(throws: Never.self) { try JSONDecoder().decode(Anything.self, from: Data(json.utf8)) }
    }

    private struct Anything: Decodable {
        init(from decoder: any Decoder) throws {}
    }
}
