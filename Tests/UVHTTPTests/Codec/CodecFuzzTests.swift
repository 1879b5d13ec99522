import Testing

@testable import UVHTTP

@Suite("Spoiled bytes")
struct CodecFuzzTests {
    @Test(
        "200,000 spoiled inputs never trap, and mean the same however they arrive",
        arguments: 1...8 as ClosedRange<UInt64>)
    func spoiledRequests(seed: UInt64) {
        var mutator = Mutator(seed: seed, samples: Sample.all)
        for round in 0..<25_000 {
            let bytes = mutator.next()
            let whole = Reading(bytes)
            let cut = mutator.cut(of: bytes)
            guard Reading(bytes, cutAt: cut) == whole, round % 16 != 0 || Reading(byteByByte: bytes) == whole else {
                Issue.record("seed \(seed), round \(round), cut at \(cut): \(String(latin1: bytes).debugDescription)")
                return
            }
        }
    }

    @Test(
        "Spoiled responses never trap, and mean the same however they arrive", arguments: 9...10 as ClosedRange<UInt64>)
    func spoiledResponses(seed: UInt64) {
        var mutator = Mutator(seed: seed, samples: Sample.responses)
        for round in 0..<10_000 {
            let bytes = mutator.next()
            let whole = Reading(bytes, .response)
            let cut = mutator.cut(of: bytes)
            guard Reading(bytes, cutAt: cut, .response) == whole,
                round % 16 != 0 || Reading(byteByByte: bytes, .response) == whole
            else {
                Issue.record("seed \(seed), round \(round), cut at \(cut): \(String(latin1: bytes).debugDescription)")
                return
            }
        }
    }
}
