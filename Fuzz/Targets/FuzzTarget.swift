/// A reader of what others send, to be tried with any bytes at all.
///
/// A target takes bytes, gives them to the reader and asks more of it than not to trap: that it makes no difference how
/// the bytes arrive, that what was read and is written again is read alike, that a limit holds.
public struct FuzzTarget: Sendable {
    /// As `scripts/fuzz.sh` and the folders of `Corpus` have it.
    public let name: String

    /// What it tries, in a line.
    public let summary: String

    private let body: @Sendable ([UInt8]) throws -> Void

    init(_ name: String, _ summary: String, _ body: @escaping @Sendable ([UInt8]) throws -> Void) {
        (self.name, self.summary, self.body) = (name, summary, body)
    }

    /// Tries `bytes`.
    ///
    /// - Throws: ``Finding``, or what the code that was tried should have caught.
    public func run(_ bytes: [UInt8]) throws { try body(bytes) }

    /// The target of that name.
    public static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// Something that does not hold.
public struct Finding: Error, CustomStringConvertible {
    public let description: String
}

/// - Throws: ``Finding`` if it does not hold.
func expect(_ isTrue: Bool, _ what: @autoclosure () -> String) throws {
    guard isTrue else { throw Finding(description: what()) }
}
