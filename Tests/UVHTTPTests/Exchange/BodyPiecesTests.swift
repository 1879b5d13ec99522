import SeededRandom
import Testing

@testable import UVHTTP

@Suite("Pieces of a body that wait, and a body that is gathered of them")
struct BodyPiecesTests {
    @Test("Pieces come out in the order in which they came, and their bytes are counted", arguments: [1, 2, 3])
    func order(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var pieces = BodyPieces()
        var model: [[UInt8]] = []
        for _ in 0..<2_000 {
            switch random.next(below: 16) {
            case 0:
                pieces.removeAll()
                model = []
            case 1..<8:
                let piece = random.bytes(random.next(below: 3))
                pieces.append(piece)
                model.append(piece)
            default:
                let piece = pieces.popFirst()
                #expect(piece == (model.isEmpty ? nil : model.removeFirst()))
            }
            #expect(pieces.count == model.count && pieces.isEmpty == model.isEmpty)
            #expect(pieces.byteCount == model.joined().count)
        }
    }

    @Test("Pieces that have all come out are as none that ever came")
    func emptied() {
        var pieces = BodyPieces()
        for piece in [[1], [2], [3]] as [[UInt8]] { pieces.append(piece) }
        while pieces.popFirst() != nil {}
        #expect(pieces == BodyPieces())
    }

    @Test("A body as long as the limit is gathered, of kept pieces and others; a longer one is not", arguments: 0...4)
    func limit(kept: Int) {
        var collector = BodyCollector(upTo: 4) { _ in }
        for byte in 0..<4 as Range<UInt8> {
            let isTaken = add([byte], to: &collector, isKept: byte < kept)
            #expect(isTaken)
        }
        for isKept in [true, false] {
            let isTaken = add([4], to: &collector, isKept: isKept)
            #expect(!isTaken)
        }
        let all = collector.takeAll()
        #expect(all?.body == [0, 1, 2, 3])
    }

    private func add(_ piece: [UInt8], to collector: inout BodyCollector, isKept: Bool) -> Bool {
        isKept ? collector.add(piece) : collector.add(piece.span.bytes)
    }

    @Test("A first piece that is longer than the limit is refused, and one that is as long is not", arguments: [4, 5])
    func firstPiece(length: Int) {
        var collector = BodyCollector(upTo: 4) { _ in }
        let isTaken = collector.add([UInt8](repeating: 1, count: length))
        #expect(isTaken == (length == 4))
    }

    @Test("What waits for a body is called once; what comes behind that is no more than thrown away")
    func once() {
        var collector = BodyCollector(upTo: 4) { _ in }
        let calls = [collector.takeAll() != nil, collector.takeAll() != nil]
        #expect(calls == [true, false])
        for isKept in [true, false] {
            let isTaken = add([1, 2, 3, 4, 5], to: &collector, isKept: isKept)
            #expect(isTaken)
        }
    }
}
