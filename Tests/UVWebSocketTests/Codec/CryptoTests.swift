import Testing
import UVWebSocket

@Suite("libcrypto")
struct CryptoTests {
    @Test("Random bytes are as many as asked for", arguments: [0, 1, 16, 4096])
    func count(count: Int) throws {
        #expect(try Crypto.randomBytes(count).count == count)
    }

    @Test("Random bytes do not come again")
    func fresh() throws {
        let drawn = try (0..<100).map { _ in try Crypto.randomBytes(16) }
        #expect(Set(drawn).count == 100)
    }

    @Test("Secrets are equal when all their bytes are")
    func equal() {
        #expect(Crypto.timingSafeEqual([], []))
        #expect(Crypto.timingSafeEqual([1, 2, 3], [1, 2, 3]))
    }

    @Test(
        "A difference in any place, or in length, is a difference",
        arguments: [[0, 2, 3], [1, 0, 3], [1, 2, 0], [1, 2], []])
    func different(other: [UInt8]) {
        #expect(!Crypto.timingSafeEqual([1, 2, 3], other))
        #expect(!Crypto.timingSafeEqual(other, [1, 2, 3]))
    }
}
