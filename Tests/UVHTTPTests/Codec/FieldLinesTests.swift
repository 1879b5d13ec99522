import HTTPTypes
import Testing

@testable import UVHTTP

@Suite("The fields of an answer, as the bytes that are sent")
struct FieldLinesTests {
    private func lines(_ fields: [(String, String)]) -> FieldLines {
        var lines = FieldLines()
        for (name, value) in fields { lines.append(name.utf8.span.bytes, value.utf8.span.bytes) }
        return lines
    }

    private func text(_ lines: FieldLines) -> String { String(decoding: lines.bytes, as: UTF8.self) }

    private func set(_ name: String, _ value: String, in lines: FieldLines) -> String {
        var lines = lines
        lines.set(name.utf8.span.bytes, value.utf8.span.bytes)
        return text(lines)
    }

    private func value(_ name: String, in lines: FieldLines) -> String? { lines.value(of: name.utf8.span.bytes) }

    private func mayHave(_ name: String, _ names: FieldNameSet) -> Bool { names.mayContain(name.utf8.span.bytes) }

    @Test("A field that is set takes the place of the first of its name, in any case, and the others go")
    func replacing() {
        let some = lines([("A", "1"), ("X-Long-Name", "2"), ("b", ""), ("x-long-name", "3: 4")])
        #expect(text(some) == "A: 1\r\nX-Long-Name: 2\r\nb: \r\nx-long-name: 3: 4\r\n")
        #expect(set("X-LONG-name", "new", in: some) == "A: 1\r\nX-LONG-name: new\r\nb: \r\n")
        #expect(set("a", "new value", in: some) == "a: new value\r\nX-Long-Name: 2\r\nb: \r\nx-long-name: 3: 4\r\n")
        #expect(set("c", "0", in: some) == text(some) + "c: 0\r\n")
        #expect(set("a", "1", in: FieldLines()) == "a: 1\r\n")
    }

    @Test("A removed name is gone with all its lines, the others stay, and it may come again")
    func removing() {
        var some = lines([("a", "1"), ("b", "2"), ("A", "3"), ("c", "4")])
        some.remove("a".utf8.span.bytes)
        #expect(text(some) == "b: 2\r\nc: 4\r\n")
        #expect(value("a", in: some) == nil)
        #expect(set("a", "5", in: some) == "b: 2\r\nc: 4\r\na: 5\r\n")
        some.removeAll()
        #expect(text(some) == "")
    }

    @Test("Lines with a gap come in place of those of their names, with the value in the gap")
    func template() {
        let template = FieldTemplate(.eTag, ("W/(", ")"), FieldLine(.vary, "Origin"))
        let expected = "ETag: W/(7)\r\nVary: Origin\r\n"
        func set(in lines: FieldLines) -> String {
            var lines = lines
            lines.set(template, room: 5) { $0.append(decimal: 7) }
            #expect(value("etag", in: lines) == "W/(7)" && value("vary", in: lines) == "Origin")
            return text(lines)
        }
        #expect(set(in: FieldLines()) == expected)
        #expect(set(in: lines([("a", "1"), ("x-etag", "2")])) == "a: 1\r\nx-etag: 2\r\n" + expected)
        #expect(set(in: lines([("etag", "1"), ("a", ""), ("VARY", "2"), ("ETag", "3")])) == "a: \r\n" + expected)
    }

    @Test("A line that was made before is set and added as its name and value are")
    func made() {
        for some in [FieldLines(), lines([("Vary", "1"), ("b", "2"), ("vary", "3")]), lines([("x-Vary", "1")])] {
            let made = FieldLine(.vary, "Origin\r\n")
            var (one, other) = (some, some)
            one.set(made)
            other.set("Vary".utf8.span.bytes, "Origin  ".utf8.span.bytes)
            #expect(text(one) == text(other))
            one.append(made)
            other.append("Vary".utf8.span.bytes, "Origin  ".utf8.span.bytes)
            #expect(text(one) == text(other))
            #expect(one.names == other.names)
            #expect(value("vary", in: one) == "Origin  ")
        }
    }

    @Test("No value can begin another field: each control character but HTAB is sent as a space")
    func controls() {
        for byte in UInt8.min...UInt8.max {
            var some = FieldLines()
            some.append("n".utf8.span.bytes, [97, byte, 98].span.bytes)
            let isControl = byte < 32 && byte != 9 || byte == 127
            #expect(some.bytes == Array("n: a".utf8) + [isControl ? 32 : byte] + Array("b\r\n".utf8))
            #expect(some.line(at: 0)?.range == 0..<some.bytes.count)
        }
    }

    @Test("A name that shares its bit with one that is there is not taken for it")
    func sharedBit() {
        let names = ["date", "trailer", "connection", "content-length", "transfer-encoding"]
        // Among 10,000 names there are some for each of the 64 bits.
        let others = (0..<10_000).map { "x-\($0)-y" }
        for name in names {
            let one = lines([(name, "1")])
            let shared = others.filter { one.names.mayContain($0.utf8.span.bytes) }
            for other in shared.prefix(5) {
                #expect(value(other, in: one) == nil)
                #expect(set(other, "2", in: one) == "\(name): 1\r\n\(other): 2\r\n")
            }
        }
    }

    @Test("A name that is there is never missed, in either case, whatever token it is")
    func neverMissed() {
        let token = "!#$%&'*+-.^_`|~09azAZ"
        for first in token {
            for last in token {
                for name in ["\(first)", "\(first)\(last)", "\(first)-middle-\(last)"] {
                    let one = lines([(name.uppercased(), "1")])
                    #expect(mayHave(name.lowercased(), one.names))
                    #expect(value(name.lowercased(), in: one) == "1")
                }
            }
        }
        #expect(!mayHave("a", FieldNameSet()))
        #expect(!mayHave("", FieldNameSet("a")))
    }
}
