import Testing

@testable import TaskService

@Suite("Random bits for ids")
struct RandomBitsTests {
    @Test("No number comes twice, within a portion and beyond it, and two sources agree in none")
    func numbers() {
        var (one, other) = (RandomBits(), RandomBits())
        let numbers = (0..<500).flatMap { _ in [one.next(), other.next()] }
        #expect(Set(numbers).count == 1_000)
    }

    @Test("Each bit is set about half of the time")
    func bits() {
        var random = RandomBits()
        let numbers = (0..<2_000).map { _ in random.next() }
        for bit in 0..<64 {
            // Ten times the standard deviation, which is 22.
            #expect((780...1_220).contains(numbers.count { $0 >> UInt64(bit) & 1 == 1 }))
        }
    }
}
