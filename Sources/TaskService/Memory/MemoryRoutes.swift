import DequeModule
import TaskEngine
import UVCore
import UVHTTP

/// What the process holds, and the demonstration of a leak, its bounded twin and the cure.
@LoopActor
struct MemoryRoutes: ServerPart {
    /// What else is alive, asked for each answer.
    struct Live {
        let connections: () -> Int
        let webSockets: () -> Int
        let tasks: () -> Int
        let jobs: () -> Int
    }

    let manager: MemoryManager
    let startedAt: ContinuousClock.Instant
    let live: Live

    func addRoutes(to router: Router, behind gates: Gates) {
        router.get("/tasks/system/memory", through: gates.members) { _, response in
            response.endReport { writeAll(to: &$0) }
        }
        addCache(to: router, "/tasks/memory", through: gates.members)
    }

    /// Adds the leak, beside its twin and its cure, and all of it where every caller may ask.
    fileprivate func addDemo(to router: Router, behind gates: Gates) {
        addLeak(to: router, "/tasks/memory", through: gates.members)
        router.get("/demo/memory/usage", through: gates.demonstrations) { _, response in
            response.endReport { writeAll(to: &$0) }
        }
        router.get("/demo/memory/stats", through: gates.demonstrations) { _, response in
            response.endReport { json in
                writeLimits(to: &json)
                json.array("samples") { for sample in manager.samples.elements { $0.sample(sample) } }
            }
        }
        addLeak(to: router, "/demo/memory", through: gates.demonstrations)
        addCache(to: router, "/demo/memory", through: gates.demonstrations)
    }

    private func addLeak(to router: Router, _ path: String, through access: [any Middleware]) {
        router.post("\(path)/leak", through: access) { request, response in
            guard let (count, size) = Self.blocks(request, response) else { return }
            let isTaken = manager.leak(count, blocksOf: size) { end(response, "leak", count, size) }
            guard !isTaken else { return }
            response.end(
                .serviceUnavailable,
                "The demonstration leaks \(MemoryManager.leakLimit >> 20) MiB at most; clear it first.")
        }
    }

    private func addCache(to router: Router, _ path: String, through access: [any Middleware]) {
        router.post("\(path)/safe", through: access) { request, response in
            guard let (count, size) = Self.blocks(request, response) else { return }
            manager.cache(count, blocksOf: size)
            end(response, "safe", count, size)
        }
        router.post("\(path)/clear", through: access) { _, response in
            let freed = manager.clear()
            response.endReport { json in
                json.member("freedBytes", freed)
                writeLimits(to: &json)
                writeMemory(to: &json)
            }
        }
    }

    /// How many blocks of how many bytes are asked for; nil when the request was refused, and answered.
    private static func blocks(_ request: IncomingMessage, _ response: ServerResponse) -> (count: Int, size: Int)? {
        let names = ["count", "sizeKb"]
        guard let count = response.parameter("count", of: request, in: 1...300_000, default: 100, among: names),
            let kilobytes = response.parameter("sizeKb", of: request, in: 1...1_024, default: 10, among: names)
        else { return nil }
        return (count, kilobytes << 10)
    }

    private func end(_ response: ServerResponse, _ mode: String, _ count: Int, _ size: Int) {
        response.status = .created
        response.endReport { json in
            json.member("mode", mode)
            json.member("count", count)
            json.member("sizeKb", size >> 10)
            writeLimits(to: &json)
            writeMemory(to: &json)
        }
    }
}

/// What is there with the demonstrations alone.
@LoopActor
struct MemoryDemo: ServerPart {
    private let memory: MemoryRoutes

    init(_ memory: MemoryRoutes) { self.memory = memory }

    func addRoutes(to router: Router, behind gates: Gates) { memory.addDemo(to: router, behind: gates) }
}

// MARK: - Numbers

extension MemoryRoutes {
    private func writeAll(to json: inout JSONText) {
        writeMemory(to: &json)
        writeLimits(to: &json)
        json.member("uptimeSeconds", secondsSince: startedAt)
        json.member("live") { json in
            json.member("connections", live.connections())
            json.member("webSockets", live.webSockets())
            json.member("handles", EventLoop.current.monitor.handleCount)
            json.member("tasks", live.tasks())
        }
    }

    /// The names are those of Node's `process.memoryUsage()`.
    private func writeMemory(to json: inout JSONText) {
        let memory = ProcessMemory.now()
        json.member("memory") { json in
            json.member("rss", memory.resident)
            json.member("heapTotal", memory.heapTotal)
            json.member("heapUsed", memory.heapUsed)
            json.member("external", EventLoop.current.monitor.bufferedBytes)
            json.member("arrayBuffers", 0)
        }
    }

    private func writeLimits(to json: inout JSONText) {
        json.member("history") { json in
            json.member("samples", manager.samples.count)
            json.member("samplesLimit", manager.samples.capacity)
            json.member("jobs", live.jobs())
            json.member("jobsLimit", Reports.kept)
        }
        json.member("cache") { json in
            json.member("blocks", manager.cache.count)
            json.member("blocksLimit", manager.cache.capacity)
            json.member("bytes", manager.cachedBytes)
            json.member("bytesLimit", MemoryManager.cacheLimit)
            json.member("evictions", manager.evictions)
        }
        json.member("leak") { json in
            json.member("blocks", manager.leaked.count)
            json.member("bytes", manager.leakedBytes)
            json.member("bytesLimit", MemoryManager.leakLimit)
        }
    }
}

extension JSONText {
    fileprivate mutating func sample(_ sample: MemoryManager.Sample) {
        object { json in
            json.member("timestamp", sample.time)
            json.member("rss", sample.memory.resident)
            json.member("heapTotal", sample.memory.heapTotal)
            json.member("heapUsed", sample.memory.heapUsed)
        }
    }
}
