/// A project and a type: what a lane is known by.
public struct LaneName: Sendable, Hashable {
    /// Nil for the tasks without a project.
    public let project: PlainText?
    /// Nil for the tasks without a type.
    public let type: PlainText?

    /// The lane of that project and type, whether it has tasks or not.
    public init(project: PlainText?, type: PlainText?) {
        self.project = project
        self.type = type
    }
}

extension Lanes {
    /// Whether an entry is in the heap where claims meet it.
    enum Standing: Sendable {
        /// There is nothing below it.
        case away
        case inLine
        /// A claim has met it there, and its project was blocked.
        case aside
    }

    /// The tasks of one project and type.
    struct Lane: Sendable {
        let project: Int
        let kind: Int
        var tasks = TurnHeap()
        /// In the heap of its type. In that of its project it is whenever it has tasks.
        var standing = Standing.away
        var isOffered = false

        init(project: Int, kind: Int) {
            self.project = project
            self.kind = kind
        }

        struct Key: IDTableKey {
            let bits: UInt64

            init(_ project: Int, _ kind: Int) { bits = UInt64(project) << 32 | UInt64(kind) }

            /// Numbers are given in order, so all bits are spread over all.
            var tableHash: UInt64 {
                let mixed = (bits ^ bits >> 32) &* 0x9E37_79B9_7F4A_7C15
                return (mixed ^ mixed >> 29) &* 0xBF58_476D_1CE4_E5B9
            }
        }
    }

    struct Project: Sendable, LanesPart {
        let name: PlainText?
        /// Its lanes.
        var lanes = TurnHeap()
        /// In the line of all projects.
        var standing = Standing.away
        var running = 0
        var isPaused = false
        var maxRunning: Int?

        init(name: PlainText?) { self.name = name }

        /// Whether none of its tasks may be claimed.
        var isBlocked: Bool { isPaused || running >= maxRunning ?? .max }

        var isNeeded: Bool { !lanes.isEmpty || running != 0 || isPaused || maxRunning != nil }
    }

    /// A type. (`Type` is Swift's own.)
    struct Kind: Sendable, LanesPart {
        let name: PlainText?
        /// The lanes of all projects, but those that are set aside.
        var lanes = TurnHeap()
        /// How many lanes there are, in the heap or not.
        var laneCount = 0

        init(name: PlainText?) { self.name = name }

        var isNeeded: Bool { laneCount > 0 }
    }

    /// Parts by number and by name. The one without a name is 0.
    struct NamedParts<Part: LanesPart & Sendable>: Sendable {
        var parts = PieceArray<Part>()
        private var numbers = Numbers()
        private(set) var byName = IDTable<HashedKey<PlainText>, UInt32>()

        init() { parts.put(Part(name: nil), at: numbers.take()) }

        /// The number of that name; nil if there is none. O(1).
        subscript(name: PlainText?) -> Int? {
            guard let name else { return 0 }
            return byName[HashedKey(name)].map(Int.init)
        }

        /// Makes a part of a name that has none. O(1).
        mutating func add(_ name: PlainText) -> Int {
            let number = numbers.take()
            parts.put(Part(name: name), at: number)
            byName.updateValue(UInt32(number), for: HashedKey(name))
            return number
        }

        /// Forgets a part that is not needed. O(1).
        mutating func release(_ number: Int) {
            guard !parts[number].isNeeded, let name = parts[number].name else { return }
            byName.removeValue(for: HashedKey(name))
            parts[number] = Part(name: nil)
            numbers.give(number)
        }
    }
}

protocol LanesPart {
    init(name: PlainText?)
    var name: PlainText? { get }
    /// Whether it holds anything that is not as in a new one.
    var isNeeded: Bool { get }
}
