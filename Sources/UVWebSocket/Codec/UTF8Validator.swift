/// Says whether bytes that arrive piece by piece are UTF-8, at the earliest byte that decides it (RFC 3629).
///
/// It is an automaton of nine states, fed a byte at a time:
///
///     boundary ── 00-7F ──────────────────────────────────────────────► boundary
///        ├─────── C2-DF ──────────────────────────────────► one ─80-BF─► boundary
///        ├─────── E1-EC, EE, EF ──────────────► two ─80-BF─► one
///        ├─────── E0 ─► afterE0 ─A0-BF (no overlong form) ─► one
///        ├─────── ED ─► afterED ─80-9F (no surrogate) ─────► one
///        ├─────── F1-F3 ─────────────► three ─80-BF─► two
///        ├─────── F0 ─► afterF0 ─90-BF (no overlong form) ─► two
///        └─────── F4 ─► afterF4 ─80-8F (up to U+10FFFF) ───► two        all else: invalid, for good
///
/// A state is written as a multiple of 6 below 64. One `UInt64` then holds, for one byte, the next state of each: six
/// bits each, at the position that the present state names. A step is one load, which does not wait for the step
/// before it, and one shift; there is no branch to predict, so text in any script runs at the same speed.
package struct UTF8Validator: Sendable {
    var state = State.boundary

    package init() {}

    /// No character is cut: the text may end here.
    package var isComplete: Bool { state == .boundary }

    enum State: UInt64, CaseIterable, Sendable {
        case boundary = 0
        case invalid = 6
        case one = 12
        case two = 18
        case three = 24
        case afterE0 = 30
        case afterED = 36
        case afterF0 = 42
        case afterF4 = 48

        func next(_ byte: UInt8) -> State {
            switch (self, byte) {
            case (.boundary, 0x00...0x7F): .boundary
            case (.boundary, 0xC2...0xDF): .one
            case (.boundary, 0xE0): .afterE0
            case (.boundary, 0xED): .afterED
            case (.boundary, 0xE1...0xEF): .two
            case (.boundary, 0xF0): .afterF0
            case (.boundary, 0xF4): .afterF4
            case (.boundary, 0xF1...0xF3): .three
            case (.one, 0x80...0xBF): .boundary
            case (.two, 0x80...0xBF), (.afterE0, 0xA0...0xBF), (.afterED, 0x80...0x9F): .one
            case (.three, 0x80...0xBF), (.afterF0, 0x90...0xBF), (.afterF4, 0x80...0x8F): .two
            default: .invalid
            }
        }
    }

    /// For each of the 256 bytes, the next state of every state.
    static let transitions: [UInt64] = (UInt8.min...UInt8.max).map { byte in
        State.allCases.reduce(0) { row, state in row | state.next(byte).rawValue &<< state.rawValue }
    }
}
