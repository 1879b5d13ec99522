import Testing

@testable import TaskService

@Suite("Orders to stop")
struct StopOrdersTests {
    @Test("What a group and then its parent say is said once")
    func levels() {
        var orders = StopOrders()
        #expect(orders.level == 0)
        orders.hearSignal()
        orders.hearParent(1)
        #expect(orders.level == 1)
        orders.hearParent(2)
        #expect(orders.level == 2)
        orders.hearSignal()
        #expect(orders.level == 2)
        orders.hearSignal()
        #expect(orders.level == 3)
        orders.hearParent(1)
        #expect(orders.level == 3, "an order that comes late")
    }

    @Test("An order is a byte, and another byte is none")
    func bytes() {
        for order in [.retire, .stop(level: 1), .stop(level: 2), .stop(level: 3)] as [ProcessOrder] {
            #expect(ProcessOrder(byte: order.byte) == order)
        }
        #expect(ProcessOrder.stop(level: 4).byte == ProcessOrder.stop(level: 3).byte)
        for byte in [0, 0x0A, UInt8(ascii: "0"), UInt8(ascii: "4"), UInt8(ascii: "R"), 0xFF] as [UInt8] {
            #expect(ProcessOrder(byte: byte) == nil)
        }
    }

    @Test(
        "How many processes serve is a number from 1 to 64, or auto",
        arguments: [
            ("1", 1), ("64", 64), ("04", 4), ("0", nil), ("65", nil), ("-1", nil), ("", nil), ("Auto", nil),
            ("2.0", nil),
            ("٣", nil), (" 2", nil),
        ] as [(String, Int?)])
    func counts(text: String, count: Int?) throws {
        var configuration = Configuration()
        try? configuration.setProcesses(text)
        #expect(configuration.processes == count)
        try configuration.setProcesses("auto")
        #expect((1...64).contains(configuration.processes ?? 0))
    }
}
