import UVCore
import UVCrypto

/// Random bits that no client can predict, made a portion at a time: the system's own generator takes a call of the kernel
/// for each number.
struct RandomBits {
    private var words: [UInt64] = []

    /// How many numbers a portion has.
    private static let portion = 64

    /// Makes the first portion: the generator takes milliseconds to begin, which no client is to wait for.
    mutating func begin() {
        if words.isEmpty { refill() }
    }

    mutating func next() -> UInt64 {
        if words.isEmpty { refill() }
        // Without a portion there is still the system, which waits until it has bits.
        return words.popLast() ?? .random(in: .min ... .max)
    }

    private mutating func refill() {
        guard let bytes = try? Crypto.randomBytes(Self.portion * 8) else { return }
        for place in 0..<Self.portion { words.append(bytes.span.bytes.word(at: place * 8)) }
    }
}
