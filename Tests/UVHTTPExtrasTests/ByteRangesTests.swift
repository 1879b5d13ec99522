import Testing

@testable import UVHTTPExtras

@Suite("Which bytes a request wants")
struct ByteRangesTests {
    @Test("One range, from the beginning, the end, or in between")
    func one() {
        for (field, range) in [
            ("bytes=0-0", 0..<1), ("bytes=0-99", 0..<100), ("bytes=0-100", 0..<100), ("bytes=99-", 99..<100),
            ("bytes=-1", 99..<100), ("bytes=-100", 0..<100), ("bytes=-101", 0..<100), ("bytes=5-5", 5..<6),
            ("BYTES=5-6", 5..<7), ("bytes= 5-6 ", 5..<7), ("bytes=,5-6,", 5..<7),
            ("bytes=0-99999999999999999999", 0..<100),
            ("bytes=-99999999999999999999999", 0..<100), ("bytes=0-9223372036854775807", 0..<100),
            ("bytes=007-8", 7..<9),
        ] as [(String, Range<Int64>)] { #expect(ByteRanges(field, size: 100) == .parts([range]), "\(field)") }
    }

    @Test("What begins behind the end cannot be satisfied, nor can nothing")
    func unsatisfiable() {
        for field in ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=99999999999999999999-", "bytes=100-,200-"] {
            #expect(ByteRanges(field, size: 100) == .unsatisfiable, "\(field)")
        }
        for field in ["bytes=0-", "bytes=-1", "bytes=0-0"] {
            #expect(ByteRanges(field, size: 0) == .unsatisfiable, "\(field)")
        }
    }

    @Test("What is no range is as if it were not there")
    func ignored() {
        for field in [
            "", "bytes", "bytes=", "bytes=,", "bytes=a", "bytes=5", "bytes=-", "bytes=6-5", "bytes=1-2-3", "bytes=+1-2",
            "bytes=0x1-2", "bytes=1 - 2", "lines=1-2", "bytes=0-1,a", "bytes=0-1,6-5", "bytes=--1", "bytes=1-2;3-4",
        ] { #expect(ByteRanges(field, size: 100) == .whole, "\(field)") }
    }

    @Test("Several come in their order; those that are more than the file, or too many, are the whole")
    func several() {
        #expect(ByteRanges("bytes=0-1, 10-11,-1", size: 100) == .parts([0..<2, 10..<12, 99..<100]))
        #expect(ByteRanges("bytes=50-59,0-9", size: 100) == .parts([50..<60, 0..<10]))
        #expect(ByteRanges("bytes=0-1,100-", size: 100) == .parts([0..<2]))
        #expect(ByteRanges("bytes=0-49,50-99", size: 100) == .parts([0..<50, 50..<100]))
        #expect(ByteRanges("bytes=0-49,49-99", size: 100) == .whole)
        #expect(ByteRanges("bytes=0-,0-,0-", size: 100) == .whole)
        #expect(ByteRanges("bytes=0-,0-", size: .max) == .whole)
        #expect(ByteRanges("bytes=0-,0-0", size: .max - 10) == .whole)
        let most = (0..<16).map { "\($0)-\($0)" }.joined(separator: ",")
        #expect(ByteRanges("bytes=" + most, size: 100) == .parts((0..<16).map { $0..<$0 + 1 }))
        #expect(ByteRanges("bytes=" + most + ",20-20", size: 100) == .whole)
    }
}
