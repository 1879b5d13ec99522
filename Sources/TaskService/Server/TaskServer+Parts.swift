import TaskEngine
import TaskStorage
import UVCore
import UVHTTP
import UVWebSocket

extension TaskServer {
    /// What answers requests.
    func makeParts() -> [any ServerPart] {
        let store = { [board] in board.store }
        let reports = Reports(eventLog.notes, store: store)
        let memory = makeMemoryRoutes(reports)
        let parts: [any ServerPart] = [
            HealthRoutes { [self] in unreadiness }, AccessRoutes(),
            TaskRoutes(queue, text, log), ListRoutes(queue), Exports(store: store), WorkRoutes(queue: queue),
            BatchRoutes(queue: queue), QueueRoutes(queue: queue), ProjectRoutes(queue: queue),
            ReportRoutes(reports, below: "/tasks/reports"),
            WorkRoute(.worker, "/tasks/reports/worker-run", \.heavyWork), loopStatistics, LoopTraces(), memory,
            PageRoutes(), RecordingRoutes(), DocumentRoutes(), MetricsRoute(metrics: metrics),
            makeLiveRoutes(),
            EventRoutes(
                live: live, credentials: configuration.credentials, origin: origin,
                isClosing: { [http] in http.isClosing }),
        ]
        guard hasDemo else { return parts }
        // These show how not to do it, and would be a way to halt the server or to fill its memory.
        return parts + [
            WorkRoute(.loop, "/tasks/reports/blocking", \.heavyWork), MemoryDemo(memory),
            DemoRoutes(reports: reports) { [live] json in live.writeStatistics(to: &json) },
        ]
    }

    private func makeLiveRoutes() -> LiveRoutes {
        LiveRoutes(
            live: live, credentials: configuration.credentials, origin: origin, refusals: refusals, access: access,
            deflate: configuration.compressesEvents ? PerMessageDeflate() : nil,
            isClosing: { [http] in http.isClosing })
    }

    private func makeMemoryRoutes(_ reports: Reports) -> MemoryRoutes {
        let live = MemoryRoutes.Live(
            connections: { [http] in http.connectionCount }, webSockets: { [live] in live.hub.memberCount },
            tasks: { [board] in board.store.count }, jobs: { reports.count })
        return MemoryRoutes(manager: self.memory, startedAt: startedAt, live: live)
    }
}
