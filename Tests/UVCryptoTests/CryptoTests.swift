import Testing
import UVCrypto

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

    @Test(
        "SHA-1 gives the digests of FIPS 180's examples",
        arguments: [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
            ),
        ])
    func sha1(message: String, digest: String) throws {
        #expect(hex(try Crypto.sha1(Array(message.utf8))) == digest)
    }

    @Test(
        "SHA-256 gives the digests of FIPS 180's examples",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func sha256(message: String, digest: String) throws {
        #expect(hex(try Crypto.sha256(Array(message.utf8))) == digest)
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    @Test(
        "Base64 is that of RFC 4648 section 10, on one line",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func base64(text: String, encoded: String) {
        #expect(Crypto.base64(Array(text.utf8)) == encoded)
        let long = Crypto.base64([UInt8](repeating: 0xFF, count: 300))
        #expect(long == String(repeating: "/", count: 400))
    }

    private func equal(_ first: [UInt8], _ second: [UInt8]) -> Bool {
        Crypto.timingSafeEqual(first.span.bytes, second.span.bytes)
    }

    @Test("Secrets are equal when all their bytes are")
    func equal() {
        #expect(equal([], []))
        #expect(equal([1, 2, 3], [1, 2, 3]))
    }

    @Test(
        "A difference in any place, or in length, is a difference",
        arguments: [[0, 2, 3], [1, 0, 3], [1, 2, 0], [1, 2], []])
    func different(other: [UInt8]) {
        #expect(!equal([1, 2, 3], other))
        #expect(!equal(other, [1, 2, 3]))
    }
}
