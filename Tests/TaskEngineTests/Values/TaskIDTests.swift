import SeededRandom
import Testing

@testable import TaskEngine

@Suite("Task ids")
struct TaskIDTests {
    private let text = "0193b5a0-7c3f-7abc-8def-0123456789ab"
    private let id = TaskID(high: 0x0193_b5a0_7c3f_7abc, low: 0x8def_0123_4567_89ab)

    @Test("The text of an id is its bytes, in groups of 8, 4, 4, 4 and 12 digits, in lower case")
    func printing() {
        #expect(id.description == text)
        #expect(TaskID(high: 0, low: 0).description == "00000000-0000-0000-0000-000000000000")
        #expect(TaskID(high: .max, low: .max).description == "ffffffff-ffff-ffff-ffff-ffffffffffff")
    }

    @Test("Digits are read in either case, the result is the same id")
    func parsing() {
        #expect(TaskID(text) == id)
        #expect(TaskID(text.uppercased()) == id)
        #expect(TaskID(utf8: text.utf8Span.span.bytes) == id)
    }

    @Test(
        "Any other text is no id",
        arguments: [
            "", "0193b5a0", "0193b5a07c3f7abc8def0123456789ab", "0193b5a0-7c3f-7abc-8def-0123456789a",
            "0193b5a0-7c3f-7abc-8def-0123456789abc", "0193b5a0-7c3f-7abc-8def-0123456789ag",
            "0193b5a07-c3f-7abc-8def-0123456789ab", "{193b5a0-7c3f-7abc-8def-0123456789a}",
            " 0193b5a0-7c3f-7abc-8def-0123456789ab", "0193b5a0-7c3f-7abc-8def-0123456789ab\n",
            "0193b5a0+7c3f-7abc-8def-0123456789ab", "０193b5a0-7c3f-7abc-8def-0123456789ab",
        ])
    func refusing(text: String) {
        #expect(TaskID(text) == nil)
    }

    @Test("A byte that is no digit makes it no id, wherever it stands", arguments: 0..<36)
    func badByte(position: Int) {
        for byte in UInt8.min...UInt8.max {
            var bytes = Array(text.utf8)
            bytes[position] = byte
            let isDigit = [UInt8](("0123456789abcdefABCDEF").utf8).contains(byte)
            let isDash = text.utf8.dropFirst(position).first == UInt8(ascii: "-")
            let isID = TaskID(utf8: bytes.span.bytes) != nil
            #expect(isID == (isDash ? byte == UInt8(ascii: "-") : isDigit), "\(byte) at \(position)")
        }
    }

    @Test("Any id is read back from its text, and texts order as ids do")
    func roundTrip() throws {
        var random = SeededGenerator(seed: 1)
        var former = TaskID(high: 0, low: 0)
        for _ in 0..<1000 {
            let id = TaskID(high: random.once(in: 2) ? former.high : random.next(), low: random.next())
            #expect(TaskID(id.description) == id)
            #expect((former < id) == (former.description < id.description))
            former = id
        }
    }
}
