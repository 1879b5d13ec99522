import SeededRandom
import UVCore

/// What a random program does to timeouts: the real ones, or those of the model.
@LoopActor
protocol TimerWorld: AnyObject {
    var now: Int64 { get }
    /// Arms the next timeout; the first is number 0.
    func arm(milliseconds: Int64, repeats: Bool)
    func cancel(_ number: Int)
    func refresh(_ number: Int)
    func setReferenced(_ number: Int, _ isReferenced: Bool)
    func advance(by milliseconds: Int64)
    func nextTick(_ tick: @escaping () -> Void)
}

/// A program of random steps: the same seed does the same in every world, as long as the timeouts fire alike.
@LoopActor
final class RandomTimerProgram {
    private(set) var log: [String] = []
    private var generator: SeededGenerator
    private var stepsLeft = 300
    private var count = 0
    private unowned let world: any TimerWorld

    init(seed: UInt64, in world: any TimerWorld) {
        generator = SeededGenerator(seed: seed)
        self.world = world
    }

    func start() {
        for _ in 0..<10 { step() }
        arm()
    }

    func fire(_ number: Int) {
        log.append("\(number) at \(world.now)")
        for _ in 0..<Int.random(in: 0...4, using: &generator) { step() }
        // So that no program runs for ever.
        if stepsLeft == 0 { for number in 0..<count { world.cancel(number) } }
    }

    private func step() {
        guard stepsLeft > 0 else { return }
        stepsLeft -= 1
        let number = Int.random(in: 0..<max(count, 1), using: &generator)
        switch Int.random(in: 0..<12, using: &generator) {
        case 0..<5: arm()
        case 5: if count > 0 { world.cancel(number) }
        case 6..<8: if count > 0 { world.refresh(number) }
        case 8: if count > 0 { world.setReferenced(number, Bool.random(using: &generator)) }
        case 9: world.advance(by: Int64.random(in: 0...15, using: &generator))
        default:
            world.nextTick { [self] in
                log.append("tick at \(world.now)")
                for _ in 0..<2 { step() }
            }
        }
    }

    private func arm() {
        count += 1
        let delay = Int64.random(in: 1...8, using: &generator)
        world.arm(milliseconds: delay, repeats: Int.random(in: 0..<5, using: &generator) == 0)
    }
}

/// Node's rules for timeouts (NODE-SEMANTICS A.4) without any care for speed.
@LoopActor
final class ModelTimers: TimerWorld {
    private struct Timer {
        let milliseconds: Int64
        let repeats: Bool
        var start: Int64 = 0
        var isCancelled = false
        var isArmed = false
        var isReferenced = true
    }

    private struct List {
        var expiry: Int64
        var id: Int
        var members: [Int] = []
    }

    private(set) var now: Int64 = 0
    var fire: (Int) -> Void = { _ in }

    private var timers: [Timer] = []
    private var lists: [Int64: List] = [:]
    private var nextID = 0
    private var wakeUp: Int64?
    private var nextExpiry = Int64.max
    private var ticks: [() -> Void] = []

    func run(_ main: () -> Void) {
        main()
        runTicks()
        if isAlive { runWhileDue() }
        while isAlive {
            if let wakeUp { now = max(now, wakeUp) }
            runWhileDue()
        }
    }

    private var isAlive: Bool { timers.contains { $0.isArmed && $0.isReferenced } }

    private func runTicks() {
        while !ticks.isEmpty { ticks.removeFirst()() }
    }

    private func runWhileDue() {
        while let due = wakeUp, due <= now {
            wakeUp = nil
            runPass(now)
            if let next = earliest.map({ lists[$0]?.expiry ?? 0 }) {
                nextExpiry = next
                wakeUp = max(next, now + 1)
            }
            runTicks()
        }
    }

    private var earliest: Int64? {
        lists.min { ($0.value.expiry, $0.value.id) < ($1.value.expiry, $1.value.id) }?.key
    }

    private func runPass(_ passTime: Int64) {
        nextExpiry = .max
        var isFirst = true
        while let key = earliest, let list = lists[key], list.expiry <= passTime {
            if !isFirst { runTicks() }
            isFirst = false
            runList(key, list.id, passTime)
        }
    }

    private func runList(_ key: Int64, _ id: Int, _ passTime: Int64) {
        var isFirst = true
        // A list that was emptied and made anew meanwhile has another id, and is not this pass's any more.
        while let list = lists[key], list.id == id, let number = list.members.first {
            let due = timers[number].start + key
            if passTime < due {
                lists[key]?.expiry = max(due, passTime + 1)
                lists[key]?.id = takeID()
                return
            }
            if !isFirst { runTicks() }
            isFirst = false
            guard !timers[number].isCancelled else { continue }
            leaveList(number)
            call(number)
        }
        if lists[key]?.id == id { lists[key] = nil }
    }

    private func call(_ number: Int) {
        let start = now
        fire(number)
        if timers[number].repeats, !timers[number].isCancelled {
            insert(number, start)
        } else if !isInList(number) {
            timers[number].isArmed = false
        }
    }

    private func isInList(_ number: Int) -> Bool {
        lists[timers[number].milliseconds]?.members.contains(number) ?? false
    }

    private func leaveList(_ number: Int) {
        lists[timers[number].milliseconds]?.members.removeAll { $0 == number }
    }

    private func takeID() -> Int {
        nextID += 1
        return nextID
    }

    private func insert(_ number: Int, _ start: Int64) {
        leaveList(number)
        let key = timers[number].milliseconds
        timers[number].start = start
        timers[number].isArmed = true
        if lists[key] == nil {
            lists[key] = List(expiry: start + key, id: takeID())
            if start + key < nextExpiry {
                wakeUp = now + key
                nextExpiry = start + key
            }
        }
        lists[key]?.members.append(number)
    }

    // MARK: What a program does

    func arm(milliseconds: Int64, repeats: Bool) {
        timers.append(Timer(milliseconds: milliseconds, repeats: repeats))
        insert(timers.count - 1, now)
    }

    func cancel(_ number: Int) {
        guard !timers[number].isCancelled else { return }
        timers[number].isCancelled = true
        timers[number].isArmed = false
        guard isInList(number) else { return }
        leaveList(number)
        let key = timers[number].milliseconds
        if lists[key]?.members.isEmpty == true, timers[number].isReferenced { lists[key] = nil }
    }

    func refresh(_ number: Int) {
        if !timers[number].isCancelled { insert(number, now) }
    }

    func setReferenced(_ number: Int, _ isReferenced: Bool) { timers[number].isReferenced = isReferenced }

    func advance(by milliseconds: Int64) { now += milliseconds }

    func nextTick(_ tick: @escaping () -> Void) { ticks.append(tick) }
}
