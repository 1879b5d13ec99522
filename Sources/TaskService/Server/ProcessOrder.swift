/// What a parent says to one of its processes, a byte each.
enum ProcessOrder: Equatable {
    /// Another process has taken its place: it ends, and new connections are not its business any more.
    case retire
    /// It ends: 1 as by a signal, 2 as by a second one, 3 as by a third one. One of the same level says nothing new.
    case stop(level: Int)

    init?(byte: UInt8) {
        switch byte {
        case UInt8(ascii: "r"): self = .retire
        case UInt8(ascii: "1")...UInt8(ascii: "3"): self = .stop(level: Int(byte - UInt8(ascii: "0")))
        default: return nil
        }
    }

    var byte: UInt8 {
        switch self {
        case .retire: UInt8(ascii: "r")
        case .stop(let level): UInt8(ascii: "0") + UInt8(min(level, 3))
        }
    }
}
