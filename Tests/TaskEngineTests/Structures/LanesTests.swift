import SeededRandom
import Testing

@testable import TaskEngine

@Suite("The lanes")
struct LanesTests {
    @Test(
        "Any claim gets the least turn of what it names and may have, whatever came, went, ran and was paused",
        arguments: [1, 7, 20_260_102] as [UInt64])
    func leastTurn(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var (lanes, model) = (Lanes(aging: 10), Model(aging: 10))
        for step in 0..<10_000 {
            change(&lanes, &model, step: step, using: &random)
            let types = Self.names(of: Model.types, using: &random)
            let projects = Self.names(of: Model.projects, using: &random)
            let first = lanes.first(types: types, projects: projects)
            guard first == model.first(types, projects) else {
                Issue.record("seed \(seed), step \(step)")
                return
            }
            guard step < 300 || step % 100 == 0 else { continue }
            guard let broken = lanes.brokenInvariant else { continue }
            Issue.record("\(broken), seed \(seed), step \(step)")
            return
        }
        #expect(lanes.count == model.tasks.count && lanes.count > 50)
        #expect(lanes == model.lanes())
    }

    @Test("A lane in which a claim has found nothing is offered before there is anything to find", arguments: 1...5)
    func offers(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var (lanes, model) = (Lanes(aging: 0), Model(aging: 0))
        /// The lanes on which claims wait: they have asked, and found nothing.
        var waiting: Set<LaneName> = []
        for step in 0..<3_000 {
            change(&lanes, &model, step: step, using: &random)
            let offered = lanes.takeOffers()
            #expect(Set(offered).count == offered.count)
            for name in offered { #expect(model.first([name.type], [name.project]) != nil) }
            waiting.subtract(offered)
            for name in waiting where model.first([name.type], [name.project]) != nil {
                Issue.record("\(name) was not offered: seed \(seed), step \(step)")
                return
            }
            let asked = LaneName(
                project: Model.projects.randomElement(using: &random) ?? nil,
                type: Model.types.randomElement(using: &random) ?? nil)
            if lanes.first(types: [asked.type], projects: [asked.project]) == nil { waiting.insert(asked) }
        }
        #expect(lanes.brokenInvariant == nil)
    }

    @Test("A task waits behind nothing that became ready later than what the other's urgency is worth")
    func aging() {
        var random = SeededGenerator(seed: 3)
        var lanes = Lanes(aging: 60_000)
        var ready: [TaskID: (at: Int64, priority: Int)] = [:]
        var clock: Int64 = 0
        for number in 1...2_000 {
            clock += Int64.random(in: 0...30_000, using: &random)
            let priority = Int.random(in: 0...9, using: &random)
            ready[.test(number)] = (clock, priority)
            lanes.place(.test(number), in: nil, type: nil, rank: rank(number, at: clock, priority))
            guard random.once(in: 2), let id = lanes.first(types: nil, projects: nil) else { continue }
            let claimed = ready.removeValue(forKey: id)
            lanes.remove(id)
            guard let claimed else { continue }
            let isFair = ready.values.allSatisfy {
                claimed.at <= $0.at + Int64(max(claimed.priority - $0.priority, 0)) * 60_000
            }
            #expect(isFair)
        }
    }

    @Test("Without ageing the higher priority goes first, and of equal ones what became ready first")
    func strict() {
        var lanes = Lanes(aging: 0)
        for (number, priority) in [(1, 1), (2, 9), (3, 5), (4, 5)] {
            // By the clock the last one is the first; the number of the event counts.
            lanes.place(.test(number), in: nil, type: nil, rank: rank(number, at: Int64(-number), priority))
        }
        #expect(drained(lanes) == [.test(2), .test(3), .test(4), .test(1)])
    }

    @Test("A project at its limit is passed over, and comes back with the first that ends")
    func limit() {
        var lanes = Lanes()
        var settings = ProjectSettings()
        settings.maxRunning = 1
        lanes.configure("a", settings)
        lanes.place(.test(1), in: "a", type: "t", rank: rank(1))
        lanes.place(.test(2), in: "b", type: "t", rank: rank(2))
        lanes.noteRunning("a", by: 1)
        #expect(lanes.first(types: nil, projects: nil) == .test(2))
        #expect(lanes.first(types: ["t"], projects: nil) == .test(2))
        #expect(lanes.first(types: nil, projects: ["a"]) == nil)
        #expect(lanes.first(types: ["t"], projects: ["a"]) == nil)
        _ = lanes.takeOffers()
        lanes.noteRunning("a", by: -1)
        #expect(lanes.takeOffers() == [LaneName(project: "a", type: "t")])
        #expect(lanes.first(types: nil, projects: nil) == .test(1))
        #expect(lanes.first(types: ["t"], projects: ["a"]) == .test(1))
        #expect(lanes.brokenInvariant == nil)
    }

    @Test("A project may have ready tasks of 1,000 types, and of the 1,001st none; another project may")
    func types() {
        var lanes = Lanes()
        for number in 1..<1_000 {
            lanes.place(.test(number), in: "a", type: PlainText("type-\(number)"), rank: rank(number))
        }
        #expect(!lanes.isFull("a", type: "new"))
        lanes.place(.test(1_000), in: "a", type: "type-1000", rank: rank(1_000))
        #expect(lanes.isFull("a", type: "new") && lanes.isFull("a", type: nil) && !lanes.isFull("a", type: "type-7"))
        #expect(!lanes.isFull("b", type: "new") && !lanes.isFull(nil, type: nil))
        lanes.remove(.test(1))
        #expect(!lanes.isFull("a", type: "new"))
    }

    @Test("Names that come and go leave nothing behind")
    func names() {
        var lanes = Lanes()
        for number in 1...10_000 {
            let name = PlainText("name-\(number)")
            lanes.place(.test(number), in: name, type: name, rank: rank(number))
            if number > 10 { lanes.remove(.test(number - 10)) }
            lanes.noteRunning(name, by: 1)
            lanes.noteRunning(name, by: -1)
        }
        #expect(lanes.lanes.count == 12 && lanes.projects.parts.count == 12 && lanes.kinds.parts.count == 12)
        #expect(lanes.placesInLane.count == 11)
        #expect(lanes.brokenInvariant == nil)
    }

    @Test("A task that is put where it is changes nothing, and one put elsewhere is there alone")
    func again() {
        var lanes = Lanes()
        lanes.place(.test(1), in: "a", type: nil, rank: rank(1))
        _ = lanes.takeOffers()
        lanes.place(.test(1), in: "a", type: nil, rank: rank(1))
        #expect(lanes.takeOffers().isEmpty && lanes.count == 1)
        lanes.place(.test(1), in: nil, type: "t", rank: rank(1))
        #expect(lanes.first(types: nil, projects: ["a"]) == nil)
        #expect(lanes.first(types: ["t"], projects: [nil]) == .test(1))
        lanes.remove(.test(1))
        lanes.remove(.test(1))
        #expect(lanes.count == 0 && lanes.takeOffers().isEmpty && lanes.brokenInvariant == nil)
    }
}

// MARK: - Random changes

extension LanesTests {
    /// What the lanes say, worked out by a look at all tasks.
    private struct Model {
        static let types: [PlainText?] = [nil, "mail", "pdf", "é"]
        static let projects: [PlainText?] = [nil, "alpha", "beta", "gamma"]

        struct Entry {
            let name: LaneName
            let rank: Rank
        }

        let aging: Int64
        var tasks: [TaskID: Entry] = [:]
        var running: [PlainText?: Int] = [:]
        var settings: [PlainText?: ProjectSettings] = [:]

        init(aging: Int64) { self.aging = aging }

        func isBlocked(_ project: PlainText?) -> Bool {
            let settings = settings[project] ?? ProjectSettings()
            return settings.isPaused || running[project] ?? 0 >= settings.maxRunning ?? .max
        }

        func first(_ types: [PlainText?]?, _ projects: [PlainText?]?) -> TaskID? {
            tasks.filter { _, entry in
                types?.contains(entry.name.type) ?? true && projects?.contains(entry.name.project) ?? true
                    && !isBlocked(entry.name.project)
            }
            .min { $0.value.rank.turn(aging: aging) < $1.value.rank.turn(aging: aging) }?.key
        }

        /// Made anew.
        func lanes() -> Lanes {
            var lanes = Lanes(aging: aging)
            for (project, settings) in settings { lanes.configure(project, settings) }
            for (project, count) in running { lanes.noteRunning(project, by: count) }
            for (id, entry) in tasks {
                lanes.place(id, in: entry.name.project, type: entry.name.type, rank: entry.rank)
            }
            return lanes
        }
    }

    private func change(_ lanes: inout Lanes, _ model: inout Model, step: Int, using random: inout SeededGenerator) {
        let id = TaskID.test(Int.random(in: 0..<150, using: &random))
        let project = Model.projects.randomElement(using: &random) ?? nil
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5:
            let type = Model.types.randomElement(using: &random) ?? nil
            // Many have the same time, and some the same event: then the id decides.
            let since = Since(at: Int64(step / 50), by: step / 3)
            let rank = Rank(since: since, priority: Int.random(in: 0...3, using: &random), id: id)
            lanes.place(id, in: project, type: type, rank: rank)
            model.tasks[id] = Model.Entry(name: LaneName(project: project, type: type), rank: rank)
        case 5..<8:
            lanes.remove(id)
            model.tasks[id] = nil
        case 8:
            let change = model.running[project] ?? 0 > 0 && random.once(in: 2) ? -1 : 1
            lanes.noteRunning(project, by: change)
            model.running[project, default: 0] += change
        default:
            var settings = ProjectSettings()
            settings.isPaused = random.once(in: 4)
            settings.maxRunning = random.once(in: 2) ? Int.random(in: 0...20, using: &random) : nil
            lanes.configure(project, settings)
            model.settings[project] = settings
        }
    }

    /// Some of the names, with one that nothing has; or nil, for any.
    private static func names(of all: [PlainText?], using random: inout SeededGenerator) -> [PlainText?]? {
        guard !random.once(in: 3) else { return nil }
        return (all + ["none"]).filter { _ in random.once(in: 2) }
    }

    private func rank(_ number: Int, at milliseconds: Int64 = 0, _ priority: Int = 1) -> Rank {
        Rank(since: Since(at: milliseconds, by: number), priority: priority, id: .test(number))
    }

    private func drained(_ lanes: Lanes) -> [TaskID] {
        var (lanes, ids) = (lanes, [TaskID]())
        while let id = lanes.first(types: nil, projects: nil) {
            ids.append(id)
            lanes.remove(id)
        }
        return ids
    }
}
