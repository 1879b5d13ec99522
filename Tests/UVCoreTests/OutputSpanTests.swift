import Testing
import UVCore

@Suite("Bytes that are written in place")
struct OutputSpanTests {
    private func text(_ write: (inout OutputSpan<UInt8>) -> Void) -> String {
        var bytes: [UInt8] = []
        bytes.append(room: 40, write)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(
        "A number has the digits that it has in Swift",
        arguments: [0, 9, 10, 99, 100, 1_234_567_890, -1, -10, .max, .max - 9, .min, .min + 1])
    func decimals(number: Int) {
        #expect(text { $0.append(decimal: number) } == "\(number)")
    }

    @Test("Pieces stand one behind the other, empty ones too")
    func pieces() {
        let bytes: [UInt8] = [98, 99]
        let written = text { output in
            output.append("a")
            output.append(copying: bytes.span.bytes)
            output.append(copying: [UInt8]().span.bytes)
            output.append("")
            output.append(decimal: 7)
        }
        #expect(written == "abc7")
    }
}
