import LoopTesting
import Testing

@testable import UVCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a peer sends is compared, hashed, folded and trimmed as bytes.
@Suite struct ByteTextTests {
    private let composed = "\u{E9}"
    private let decomposed = "e\u{301}"

    @Test("Texts that look the same are the same only if their bytes are")
    func bytesDecide() {
        #expect(composed == decomposed, "Swift's own comparison normalises")
        #expect(!composed.isSame(as: decomposed))
        #expect(ByteText(composed) != ByteText(decomposed))
        #expect(Set([ByteText(composed), ByteText(decomposed)]).count == 2)
        #expect(composed.isSame(as: composed))
        #expect(ByteText(decomposed) == ByteText(decomposed))
    }

    @Test("A difference is found at each place", arguments: 0..<19)
    func differs(at place: Int) {
        var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 19)
        let text = String(decoding: bytes, as: UTF8.self)
        bytes[place] = UInt8(ascii: "b")
        let other = String(decoding: bytes, as: UTF8.self)
        #expect(!text.isSame(as: other))
        #expect(ByteText(text) < ByteText(other))
        #expect(!(ByteText(other) < ByteText(text)))
        #expect(text.begins(with: String(other.utf8.prefix(place)) ?? ""))
        #expect(!text.begins(with: String(other.utf8.prefix(place + 1)) ?? ""))
    }

    @Test("Bytes compared in a fixed time are the same if all are, whatever their number", arguments: 0..<50)
    func fixedTime(count: Int) {
        func isSame(_ one: [UInt8], _ other: [UInt8]) -> Bool { one.span.bytes.isSameInFixedTime(as: other.span.bytes) }
        let bytes = (0..<count).map { UInt8($0) }
        #expect(isSame(bytes, (0..<count).map { UInt8($0) }))
        #expect(!isSame(bytes, bytes + [0]))
        for place in 0..<count {
            var other = bytes
            other[place] ^= 0x80
            #expect(!isSame(bytes, other))
        }
    }

    @Test("A text that goes on comes after the one that ends")
    func longer() {
        #expect(ByteText("ab") < ByteText("abc"))
        #expect(!"ab".isSame(as: "abc"))
        #expect(!"ab".begins(with: "abc"))
        #expect("".begins(with: ""))
    }

    @Test("Only ASCII letters have a case")
    func folding() {
        #expect("KeEp-ALIVE".hasSame(asciiLowercase: "keep-alive"))
        #expect(!"\u{212A}eep-alive".hasSame(asciiLowercase: "keep-alive"), "the sign of kelvin is no k")
        #expect(!"[".hasSame(asciiLowercase: "{"))
        #expect(!"@".hasSame(asciiLowercase: "`"))
        #expect(!"keep".hasSame(asciiLowercase: "Keep"))
        #expect("AZ[@\u{C9}\u{212A}".asciiLowercased.isSame(as: "az[@\u{C9}\u{212A}"))
    }

    @Test("Spaces and tabs are taken off the ends, and nothing else")
    func trimming() {
        #expect(" \t a \t b\t ".trimmed.isSame(as: "a \t b"))
        #expect(" \t ".trimmed.isEmpty)
        #expect("\u{A0}a\n".trimmed.isSame(as: "\u{A0}a\n"))
        // A mark that follows the space is a part of it to Swift's characters.
        #expect(" \u{301}a".trimmed.isSame(as: "\u{301}a"))
    }

    @Test("A letter with very many marks costs what as many letters cost")
    func linear() {
        let count = 1 << 16
        let marked = "a" + String(repeating: "\u{301}", count: count) + String(repeating: "\u{316}", count: count)
        let plain = String(repeating: "a", count: marked.utf8.count)
        let ratio = seconds { work(on: marked) } / seconds { work(on: plain) }
        #expect(ratio < 8, "\(ratio) times as much")
    }

    /// Each function once, on two texts that lie in different places.
    private func work(on text: String) {
        let copy = String(decoding: Array(text.utf8), as: UTF8.self)
        #expect(text.isSame(as: copy))
        #expect(Set([ByteText(text), ByteText(copy)]).count == 1)
        #expect(!(ByteText(text) < ByteText(copy)))
        #expect(text.hasSame(asciiLowercase: copy.asciiLowercased))
        #expect(text.begins(with: copy))
        #expect(text.trimmed.utf8.count == copy.utf8.count)
    }

    /// The least processor time of three runs.
    private func seconds(_ body: () -> Void) -> Double {
        (0..<3).map { _ in
            let start = clock()
            body()
            return Double(clock() - start)
        }.min() ?? 0
    }
}
