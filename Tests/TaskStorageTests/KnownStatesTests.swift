import SeededRandom
import TaskEngine
import Testing

@testable import TaskStorage

@Suite("Work states that many rows share")
struct KnownStatesTests {
    @Test("A state is what its bytes say, whatever was read before it", arguments: 1...20)
    func anyOrder(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        // More than there are places, so that some take one from others.
        let states = (0..<400).map { _ in random.workState() }
        var known = KnownStates()
        for _ in 0..<2_000 {
            let state = states.randomElement(using: &random) ?? WorkState()
            #expect(known.state(of: state.compact.span.bytes) == state, "seed \(seed)")
        }
    }

    @Test("Bytes that are damaged are no state, though those that were read before are", arguments: 1...12)
    func damage(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let state = random.workState()
        let whole = state.compact
        var known = KnownStates()
        for place in whole.indices {
            #expect(known.state(of: whole.span.bytes) == state)
            var bytes = whole
            bytes[place] ^= UInt8.random(in: 1...255, using: &random)
            #expect(known.state(of: bytes.span.bytes) == nil, "seed \(seed), byte \(place)")
            #expect(known.state(of: whole.span.bytes.extracting(first: place)) == nil, "seed \(seed), cut at \(place)")
        }
        #expect(known.state(of: whole.span.bytes) == state)
    }
}
