/// A reader with a planted fault, in a module of its own, as those that are fuzzed are: a fuzzer that does not find it finds
/// nothing else either.
public enum Canary {
    /// Traps for one text in 256^6, which is found in seconds by what sees which branches an input took. Each byte has a
    /// branch of its own: of a loop libFuzzer sees only about how often it went round.
    public static func read(_ bytes: [UInt8]) -> Int {
        guard bytes.count >= 6 else { return 0 }
        guard bytes[0] == UInt8(ascii: "c") else { return 1 }
        guard bytes[1] == UInt8(ascii: "a") else { return 2 }
        guard bytes[2] == UInt8(ascii: "n") else { return 3 }
        guard bytes[3] == UInt8(ascii: "a") else { return 4 }
        guard bytes[4] == UInt8(ascii: "r") else { return 5 }
        guard bytes[5] == UInt8(ascii: "y") else { return 6 }
        preconditionFailure("the canary was found")
    }
}
