import TaskEngine
import UVCore

/// Work states by the bytes that they were read from. Most tasks of a type say the same, and those share one state: its
/// bytes are read once, and it lies in memory once.
///
/// It is a small table with one place for each value of the last byte, which is the lowest of the checksum. A state that
/// comes takes its place from the one before.
struct KnownStates {
    private var places: [(bytes: [UInt8], state: WorkState)?] = []
    private static let size = 256

    /// The state that stands in a column; nil if what stands there is none.
    ///
    /// - Complexity: O(bytes).
    mutating func state(of bytes: RawSpan) -> WorkState? {
        guard bytes.byteCount > 0 else { return nil }
        if places.isEmpty { places = Array(repeating: nil, count: Self.size) }
        let place = Int(bytes.byte(at: bytes.byteCount - 1)) % Self.size
        if let known = places[place], known.bytes.span.bytes.isSame(as: bytes) { return known.state }
        let copy = bytes.withUnsafeBytes { Array($0) }
        guard let state = WorkState(compact: copy) else { return nil }
        places[place] = (copy, state)
        return state
    }
}
