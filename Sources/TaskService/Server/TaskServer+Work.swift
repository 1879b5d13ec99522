import TaskEngine
import UVCore
import UVHTTP
import UVWebSocket

extension TaskServer {
    /// Adds reports, exports, numbers about the server, the page and, where they are wanted, the demonstrations.
    func addWorkRoutes() {
        let access = RouteAccess(members: chain(for: .members), heavyWork: chain(for: .heavyWork))
        let reports = Reports { [board] in board.store }
        WorkRoutes.addWorker(to: router, "/tasks/reports/worker-run", through: access.heavyWork)
        reports.addRoutes(to: router, below: "/tasks/reports", start: .post, access)
        Exports { [board] in board.store }.addRoutes(to: router, access)
        LoopStatistics().addRoutes(to: router, access)
        let memory = MemoryRoutes(manager: MemoryManager(), startedAt: startedAt, live: counts(with: reports))
        memory.addRoutes(to: router, access)
        router.get("/") { _, response in Page.send(to: response) }
        guard hasDemo else { return }
        // These routes show how not to do it, and would be a way to halt the server or to fill its memory.
        WorkRoutes.addBlocking(to: router, "/tasks/reports/blocking", through: access.heavyWork)
        memory.addLeak(to: router, access)
        memory.addDemo(to: router, access)
        DemoRoutes(reports: reports) { [live] json in live.writeStatistics(to: &json) }.addRoutes(to: router, access)
    }

    private func counts(with reports: Reports) -> MemoryRoutes.Live {
        MemoryRoutes.Live(
            connections: { [http] in http.connectionCount }, webSockets: { [live] in live.hub.memberCount },
            tasks: { [board] in board.store.count }, jobs: { reports.count })
    }
}
