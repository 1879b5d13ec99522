import TaskEngine
import UVCore

/// What the server remembers beside its tasks, each with a limit; and the demonstration of what happens without one.
///
/// | | what it holds | limit | beyond it |
/// |---|---|---|---|
/// | `samples` | the memory in use, every ten seconds | 360, an hour | the oldest goes |
/// | `cache` | blocks that a client asked for, as a cache should hold them | 100 blocks, 8 MiB | the oldest goes |
/// | `leak` | blocks that a client asked for, held for ever, as a forgotten array would | 64 MiB | refused |
@LoopActor
final class MemoryManager {
    /// The memory in use at one time.
    struct Sample: Sendable {
        let time: Timestamp
        let memory: ProcessMemory
    }

    static let leakLimit = 64 << 20
    static let cacheLimit = 8 << 20
    static let cacheCapacity = 100
    static let sampleInterval: Duration = .seconds(10)

    private(set) var samples = BoundedHistory<Sample>(capacity: 360)
    private(set) var cache = BoundedHistory<[UInt8]>(capacity: cacheCapacity)
    private(set) var leaked: [[UInt8]] = []
    /// How many bytes are held for ever, or will be when all that was asked for is there.
    private(set) var leakedBytes = 0
    /// How often all was let go of: what is under way from before is not for now.
    private var clearings = 0
    private(set) var cachedBytes = 0
    /// Blocks that the cache was given and had no room for.
    private(set) var evictions = 0

    init() {
        takeSample()
        EventLoop.current.setInterval(Self.sampleInterval) { [self] in takeSample() }.unref()
    }

    private func takeSample() {
        samples.append(Sample(time: .now, memory: .now()))
    }

    /// Holds `count` more blocks for ever. They are made in portions, so that no other client waits for megabytes to be
    /// written.
    ///
    /// - Parameter done: Called when they are there, or were let go of meanwhile.
    /// - Returns: False, and nothing happens, if that were more than ``leakLimit`` bytes.
    func leak(_ count: Int, blocksOf size: Int, then done: @escaping () -> Void) -> Bool {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
        guard !overflow, bytes <= Self.leakLimit - leakedBytes else { return false }
        leakedBytes += bytes
        let clearings = clearings
        var left = count
        StepQueue.current.add { [self] in
            let portion = clearings == self.clearings ? min(left, max(1, Self.portion / size)) : 0
            for _ in 0..<portion { leaked.append(Self.block(size)) }
            left -= portion
            if left > 0, portion > 0 { return true }
            done()
            return false
        }
        return true
    }

    /// How many bytes are written at once: about a tenth of a millisecond.
    private static let portion = 128 << 10

    /// Puts `count` blocks into the cache, where the newest take the place of the oldest.
    func cache(_ count: Int, blocksOf size: Int) {
        let room = min(Self.cacheCapacity, Self.cacheLimit / size)
        // Those that would go again at once are not made: `count` may be large.
        evictions += max(0, count - room)
        for _ in 0..<min(count, room) {
            while cachedBytes + size > Self.cacheLimit || cache.count == Self.cacheCapacity { evict() }
            cache.append(Self.block(size))
            cachedBytes += size
        }
    }

    private func evict() {
        guard let oldest = cache.removeFirst() else { return }
        cachedBytes -= oldest.count
        evictions += 1
    }

    /// Lets go of the blocks of both kinds, and gives their memory back to the system. Returns how many bytes they had.
    func clear() -> Int {
        defer {
            (leaked, leakedBytes, cachedBytes) = ([], 0, 0)
            clearings += 1
            cache.removeAll()
            ProcessMemory.trim()
        }
        return leakedBytes + cachedBytes
    }

    /// Written to, so that it is memory and not only a promise of it.
    private static func block(_ size: Int) -> [UInt8] { [UInt8](repeating: 0xA5, count: size) }
}
