import Testing

@testable import UVHTTP

/// Fields that are those of the last head are compared and not parsed: no head may come out otherwise for it.
struct RepeatedFieldsTests {
    private static let fields =
        "Host: localhost:3000\r\nAuthorization: Bearer a\r\nX-Name: b\r\nContent-Length: 3\r\n\r\n"
    private static let first = Array("POST /tasks HTTP/1.1\r\n\(fields)".utf8)

    /// A head that comes behind `first`, in two pieces, and the same head alone.
    private func compare(_ text: [UInt8], cutAt cut: Int = 0, _ limits: HTTPLimits = HTTPLimits()) throws -> Bool {
        var used = MessageHeadParser(.request, limits: HTTPLimits())
        #expect(try used.step(Self.first) == .head(length: Self.first.count))
        used.reset(limits)
        var fresh = MessageHeadParser(.request, limits: limits)
        for end in [cut, text.count] {
            let piece = Array(text[..<end])
            let (step, error) = outcome(of: &used, piece, after: Self.first)
            let expected = outcome(of: &fresh, piece)
            #expect(step == expected.0 && error == expected.1, "\(String(decoding: text, as: UTF8.self))")
            if case .head = step { #expect(used.head == fresh.head) }
        }
        return used.repeatsFields
    }

    private func outcome(
        of parser: inout MessageHeadParser, _ bytes: [UInt8], after last: [UInt8] = []
    ) -> (MessageHeadParser.Step?, HTTPParseError?) {
        do throws(HTTPParseError) {
            return (try parser.step(bytes.span.bytes, after: last.span.bytes), nil)
        } catch {
            return (nil, error)
        }
    }

    @Test(
        "The same fields behind another request line are taken over",
        arguments: ["POST /tasks", "GET /", "GET /tasks/1?a=b", "DELETE http://x/y"])
    func same(line: String) throws {
        #expect(try compare(Array("\(line) HTTP/1.1\r\n\(Self.fields)".utf8)))
        #expect(try compare(Array("\(line) HTTP/1.1\r\n\(Self.fields)abcGET / HTTP/1.1\r\n".utf8)))
        #expect(try compare(Array("\r\n\(line) HTTP/1.1\r\n\(Self.fields)".utf8)))
        #expect(try !compare(Array("\(line) HTTP/1.0\r\n\(Self.fields)".utf8)))
    }

    @Test("Fields that differ in a byte, or have one more or less, are parsed", arguments: 0..<first.count)
    func other(place: Int) throws {
        for byte in [UInt8(ascii: "a"), UInt8(ascii: ":"), 13, 10, 0, 0xFF] where Self.first[place] != byte {
            var changed = Self.first
            changed[place] = byte
            #expect(try !compare(changed) || place < 22, "\(place) \(byte)")
            changed.insert(Self.first[place], at: place)
            _ = try compare(changed)
        }
        #expect(try !compare(Array(Self.first[..<place])))
    }

    @Test("A head that arrives in pieces is the same wherever it is cut", arguments: 0..<first.count)
    func pieces(cut: Int) throws {
        _ = try compare(Self.first, cutAt: cut)
        _ = try compare(Self.first.dropLast(4) + Array("\r\nA: b\r\n\r\n".utf8), cutAt: cut)
    }

    @Test("Fields are parsed anew where fewer are allowed, and refused where they are too many")
    func limits() throws {
        var limits = HTTPLimits()
        limits.fields = 4
        #expect(try !compare(Self.first, limits))
        limits.fields = 3
        #expect(try !compare(Self.first, limits))
        limits = HTTPLimits()
        limits.head = Self.first.count
        #expect(try compare(Self.first, limits))
        limits.head = Self.first.count - 1
        #expect(try !compare(Self.first, limits))
    }

    @Test("Fields of a head that was refused, or forgotten, are not taken over")
    func refused() throws {
        let bad = Array("GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n".utf8)
        var parser = MessageHeadParser(.request, limits: HTTPLimits())
        for _ in 0..<2 {
            #expect(throws: HTTPParseError.unknownTransferCoding) {
                try parser.step(bad.span.bytes, after: bad.span.bytes)
            }
            parser.reset(HTTPLimits())
        }
        _ = try parser.step(Self.first)
        parser.reset()
        _ = try parser.step(Self.first.span.bytes, after: Self.first.span.bytes)
        #expect(!parser.repeatsFields)
    }

    @Test(
        "A head that comes once more is taken over whole, its method too",
        arguments: ["HEAD /a?b=c", "GET http://x/y", "OPTIONS *", "POST /tasks"])
    func again(line: String) throws {
        let head = Array("\(line) HTTP/1.1\r\n\(Self.fields)".utf8)
        let other = Array("\(line) HTTP/1.0\r\n\(Self.fields)".utf8)
        var parser = MessageHeadParser(.request, limits: HTTPLimits())
        _ = try parser.step(head.span.bytes)
        let first = parser.head
        for (cut, isWhole) in [(head.count, true), (0, true), (9, false), (head.count - 1, false)] {
            parser.reset(HTTPLimits())
            if cut < head.count { _ = try parser.step(head.span.bytes.extracting(first: cut), after: head.span.bytes) }
            #expect(try parser.step(head.span.bytes, after: head.span.bytes) == .head(length: head.count))
            #expect(parser.head == first && parser.repeatsHead == isWhole, "\(cut)")
        }
        parser.reset(HTTPLimits())
        #expect(try parser.step(other.span.bytes, after: head.span.bytes) == .head(length: other.count))
        #expect(!parser.repeatsHead && parser.head.minorVersion == 0)
    }

    @Test("Nothing of a request line is left for one that is none")
    func refusedLine() throws {
        let head = Array("HEAD / HTTP/1.1\r\n\(Self.fields)".utf8)
        var parser = MessageHeadParser(.request, limits: HTTPLimits())
        _ = try parser.step(head.span.bytes)
        parser.reset(HTTPLimits())
        #expect(throws: HTTPParseError.unknownMethod) {
            try parser.step(Array("HEAP / HTTP/1.1\r\n\(Self.fields)".utf8).span.bytes, after: head.span.bytes)
        }
        #expect(parser.head.method == .get)
    }

    @Test("The status line of an answer is parsed, although it comes once more")
    func answers() throws {
        let head = Array("HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\n".utf8)
        var parser = MessageHeadParser(.response, limits: HTTPLimits())
        for _ in 0..<2 {
            #expect(try parser.step(head.span.bytes, after: head.span.bytes) == .head(length: head.count))
            #expect(parser.head.status == 404 && parser.head.framing == .length(3))
            parser.reset(HTTPLimits())
        }
    }

    @Test("What was noted by the fields holds while they are the same")
    func notes() throws {
        var head = RequestHead(HTTPLimits())
        let noted = FieldNotes(rawValue: 5)
        _ = try head.parse(Self.first.span.bytes)
        #expect(head.notes == FieldNotes())
        head.notes = noted
        head.reset(HTTPLimits())
        _ = try head.parse(Array("GET / HTTP/1.1\r\n\(Self.fields)".utf8).span.bytes)
        #expect(head.notes == noted)
        #expect(head.value(of: KnownField.authorization) == "Bearer a" && head.path == "/")
        head.reset(HTTPLimits())
        _ = try head.parse(Array("GET / HTTP/1.1\r\nHost: other\r\n\r\n".utf8).span.bytes)
        #expect(head.notes == FieldNotes())
    }
}
