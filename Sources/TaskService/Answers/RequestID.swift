import TaskEngine
import UVHTTP

/// What names a request in its answer and in the log.
enum RequestID {
    /// Whether a client may call its request so: 1 to 128 of `A–Z a–z 0–9 . _ -`.
    static func isAllowed(_ name: String) -> Bool {
        (1...128).contains(name.utf8.count) && name.utf8.allSatisfy(isAllowed)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Makes names as the ids of tasks are made: in ascending order, unique beyond the process.
    struct Source {
        private var ids = TaskIDGenerator()
        // Names, not secrets: the system's generator is asked for a seed, and not for each request.
        private var random = UInt64.random(in: .min ... .max)

        mutating func next() -> TaskID {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return ids.next(at: .now, random: random)
        }
    }
}
