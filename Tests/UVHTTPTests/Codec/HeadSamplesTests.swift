import Testing

@testable import UVHTTP

@Suite("Request bytes, each accepted sample beside its refused neighbours")
struct HeadSamplesTests {
    @Test("A sample is taken or refused as its rule says", arguments: Sample.all)
    func outcome(of sample: Sample) {
        let reading = Reading(sample.bytes)
        #expect(
            sample.agrees(with: reading), "\(reading.messages.count) messages, \(String(describing: reading.error))")
    }

    @Test("A sample cut at any byte gives the same result", arguments: Sample.all)
    func cut(_ sample: Sample) {
        let whole = Reading(sample.bytes)
        for cut in 0...sample.bytes.count {
            #expect(Reading(sample.bytes, cutAt: cut) == whole, "cut at \(cut)")
        }
        #expect(Reading(byteByByte: sample.bytes) == whole)
    }

    @Test("A refusal comes with the forbidden byte, not after it", arguments: Sample.all)
    func earliest(_ sample: Sample) throws {
        guard case .refused = sample.outcome else { return }
        var reader = WireReader()
        let refused = try #require(
            sample.bytes.firstIndex { byte in
                reader.feed([byte])
                return reader.error != nil
            })
        #expect(Reading(Array(sample.bytes[..<refused])).error == nil)
        #expect(Reading(Array(sample.bytes[...refused])).error != nil)
    }

    @Test("What was refused stays refused, whatever comes then")
    func sticky() {
        var parser = MessageHeadParser(.request, limits: .defaults)
        let refused = Array("GET / HTTP/1.1\r\nHost: a b\r\n".utf8)
        #expect(throws: HTTPParseError.invalidHost) { try parser.step(refused) }
        #expect(throws: HTTPParseError.invalidHost) { try parser.step(refused + Array("\r\n".utf8)) }
        var decoder = ChunkedBody()
        #expect(throws: HTTPParseError.invalidChunkSize) { try decoder.step("x") }
        #expect(throws: HTTPParseError.invalidChunkSize) { try decoder.step("0\r\n\r\n") }
    }

    private struct ChunkedBody {
        private var decoder = try? BodyDecoder(.chunked, limits: .defaults)

        mutating func step(_ text: String) throws -> BodyDecoder.Step? {
            try decoder?.step(Array(text.utf8), from: 0)
        }
    }
}
