import Testing
import UVWebSocket

@Suite("Close codes")
struct CloseCodeTests {
    @Test("Of 0 to 4999, exactly the registered codes and the application's own may be sent")
    func sendable() {
        let registered: Set<UInt16> = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014]
        for number in UInt16(0)..<5000 {
            #expect(CloseCode(rawValue: number).isSendable == (registered.contains(number) || number >= 3000))
        }
    }

    @Test("What is over 4999 may not be sent", arguments: [5000, 10_000, UInt16.max])
    func beyond(number: UInt16) {
        #expect(!CloseCode(rawValue: number).isSendable)
    }

    @Test("A close frame with any code from 0 to 4999 is read if and only if the code may be sent")
    func received() {
        for number in UInt16(0)..<5000 {
            let code = CloseCode(rawValue: number)
            let frame = FrameEncoder.masked(.close, [UInt8(number >> 8), UInt8(number & 0xFF)])
            let expected: Transcript =
                code.isSendable ? .init([.close(code: code, reason: "")]) : .init([], error: .invalidCloseCode(code))
            #expect(Transcript(reading: frame) == expected)
        }
    }
}
