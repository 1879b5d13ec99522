/// A reader with a planted fault, in a module of its own, as those that are fuzzed are: a fuzzer that does not find it finds
/// nothing else either.
public enum Canary {
    /// Traps for one text in 256^6, which is found in seconds by what sees how far each comparison came.
    public static func read(_ bytes: [UInt8]) -> Int {
        var known = 0
        for (byte, expected) in zip(bytes, "canary".utf8) {
            guard byte == expected else { return known }
            known += 1
        }
        precondition(known < 6, "the canary was found")
        return known
    }
}
