import Testing
import UVTasks

@Suite("Values of a program as JSON, and back")
struct JSONTests {
    private struct Mail: Codable, Equatable {
        var to: String
        var copies = 1
        var ratio = 0.5
        var isUrgent = false
        var tags: [String] = []
        var header: [String: Int] = [:]
        var note: String?
        var inner: [Part] = []

        struct Part: Codable, Equatable { var size: UInt64 }
    }

    @Test("What is encoded is read back the same")
    func roundTrip() throws {
        var mail = Mail(to: "\"a\\b\"\n\u{1}é😀")
        (mail.copies, mail.ratio, mail.isUrgent) = (.min, -1e-7, true)
        (mail.tags, mail.header, mail.note) = (["x", ""], ["a": 1, "b": -2], "n")
        mail.inner = [.init(size: .max), .init(size: 0)]
        #expect(try JSON(encoding: mail).decode(as: Mail.self) == mail)
        #expect(try JSON(encoding: [mail, mail]).decode(as: [Mail].self) == [mail, mail])
        let plain = try JSON(encoding: Mail(to: "b"))
        #expect(try plain.decode(as: Mail.self) == Mail(to: "b"))
    }

    @Test("The text is JSON's, member by member in the order in which they were encoded")
    func text() throws {
        #expect(
            try JSON(encoding: Mail(to: "a\tb")).text
                == #"{"to":"a\u0009b","copies":1,"ratio":0.5,"isUrgent":false,"tags":[],"header":{},"inner":[]}"#)
        #expect(try JSON(encoding: "a\"\\\n\u{1f}").text == #""a\"\\\n\u001f""#)
        #expect(try JSON(encoding: [Int?.none, 3]).text == "[null,3]")
        #expect(try JSON(encoding: true).text == "true")
    }

    @Test("A number that JSON does not have is refused", arguments: [Double.nan, .infinity, -.infinity])
    func notFinite(number: Double) {
        #expect(throws: EncodingError.self) { try JSON(encoding: [number]) }
    }

    @Test("A value of another type is refused, and its place is named")
    func mismatch() throws {
        for (text, path) in [
            (#"{"to":5}"#, "to"), (#"{"copies":1}"#, ""), (#"{"to":"a","copies":1.5}"#, "copies"),
            (#"{"to":"a","copies":"1"}"#, "copies"),
            (#"{"to":"a","copies":1,"ratio":1,"isUrgent":false,"tags":["x",1]}"#, "tags.1"), ("[]", ""), ("null", ""),
        ] {
            let json = try #require(JSON(text))
            let error = #expect(throws: DecodingError.self) { try json.decode(as: Mail.self) }
            #expect(error.map(Self.path) == path, "\(text)")
        }
    }

    @Test("A whole number may be written with a point or an exponent, and has to fit")
    func integers() throws {
        #expect(try JSON("[5.0, 5e3, -0, 255]")?.decode(as: [Int].self) == [5, 5_000, 0, 255])
        #expect(throws: DecodingError.self) { try JSON("256")?.decode(as: UInt8.self) }
        #expect(try JSON("255")?.decode(as: UInt8.self) == 255)
        #expect(throws: DecodingError.self) { try JSON("5.5")?.decode(as: Int.self) }
        #expect(throws: DecodingError.self) { try JSON("-1")?.decode(as: UInt.self) }
        #expect(try JSON("18446744073709551615")?.decode(as: UInt64.self) == .max)
    }

    @Test("JSON of an unknown type goes through as it was written")
    func unknown() throws {
        struct Envelope: Codable { var payload: JSON }
        let json = try #require(JSON(#"  {"payload": { "a" : [1.50, null] }} "#))
        let envelope = try json.decode(as: Envelope.self)
        #expect(envelope.payload.text == #"{ "a" : [1.50, null] }"#)
        #expect(try JSON(encoding: envelope).text == #"{"payload":{ "a" : [1.50, null] }}"#)
    }

    @Test("Names that look the same and are other bytes are two members; of one name twice, the last counts")
    func names() throws {
        struct One: Decodable, Equatable { var é: Int }
        #expect(try JSON("{\"e\u{301}\":1,\"é\":2}")?.decode(as: One.self) == One(é: 2))
        #expect(throws: DecodingError.self) { try JSON("{\"e\u{301}\":1}")?.decode(as: One.self) }
        #expect(try JSON(#"{"é":1,"é":2}"#)?.decode(as: One.self) == One(é: 2))
    }

    @Test(
        "Half a pair of surrogates is no character, so a text that has one is no JSON",
        arguments: [
            (#""\ud7ff\ue000""#, true), (#""\ud83d\ude00""#, true), (#""\uDBFF\uDFFF""#, true),
            (#""\ud800""#, false), (#""\udc00""#, false), (#""\ud800\ud800\udc00""#, false), (#""\ud800\n""#, false),
            (#""\ud800x""#, false), (#""\udc00\ud800""#, false), (#""\ud800\ue000""#, false), (#"{"\ud800":1}"#, false),
        ])
    func surrogates(text: String, isJSON: Bool) { #expect((JSON(text) != nil) == isJSON) }

    @Test("Bytes that are no UTF-8 are no JSON, also in a string")
    func utf8() {
        let quote = UInt8(ascii: "\"")
        #expect(JSON([quote, 0xC3, 0xA9, quote]) != nil)
        #expect(JSON([quote, 0xC3, quote]) == nil)
    }

    @Test("What is nested 160 deep is read, one more is no JSON", arguments: [160, 161])
    func depth(levels: Int) {
        indirect enum Nest: Decodable {
            case empty, inner(Nest)
            init(from decoder: any Decoder) throws {
                var elements = try decoder.unkeyedContainer()
                self = elements.isAtEnd ? .empty : .inner(try elements.decode(Nest.self))
            }
        }
        let json = JSON(String(repeating: "[", count: levels) + String(repeating: "]", count: levels))
        #expect((json != nil) == (levels == 160))
        #expect(throws: Never.self) { _ = try json?.decode(as: Nest.self) }
    }

    @Test("Classes encode their superclass, by the container that it shares or one of its own")
    func classes() throws {
        #expect(try JSON(encoding: Derived()).text == #"{"base":1,"derived":2}"#)
        #expect(try JSON(encoding: Apart()).text == #"{"own":3,"super":{"base":1}}"#)
    }

    private class Base: Encodable {
        let base = 1
        enum Key: CodingKey { case base, derived, own }
        func encode(to encoder: any Encoder) throws {
            var members = encoder.container(keyedBy: Key.self)
            try members.encode(base, forKey: .base)
        }
    }

    private final class Derived: Base {
        override func encode(to encoder: any Encoder) throws {
            try super.encode(to: encoder)
            var members = encoder.container(keyedBy: Key.self)
            try members.encode(2, forKey: .derived)
        }
    }

    private final class Apart: Base {
        override func encode(to encoder: any Encoder) throws {
            var members = encoder.container(keyedBy: Key.self)
            try members.encode(3, forKey: .own)
            try super.encode(to: members.superEncoder())
        }
    }

    private static func path(_ error: DecodingError) -> String {
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
            .dataCorrupted(let context):
            context.codingPath.map(\.stringValue).joined(separator: ".")
        @unknown default: "?"
        }
    }
}
