import HTTPTypes
import UVCore
import UVHTTP

/// What the server can show about itself to any client: in development mode, or with `--demo`.
@LoopActor
struct DemoRoutes: ServerPart {
    let reports: Reports
    /// Writes the hub's numbers.
    let writeLive: (inout JSONText) -> Void

    func addRoutes(to router: Router, behind gates: Gates) {
        addWork(to: router, behind: gates)
        addStreams(to: router, gates.demonstrations)
        addErrors(to: router, gates.demonstrations)
        router.get("/demo/ws/stats", through: gates.demonstrations) { [writeLive] _, response in
            response.endReport(writeLive)
        }
    }

    private func addWork(to router: Router, behind gates: Gates) {
        router.get("/demo/cpu/ping", through: gates.demonstrations) { _, response in
            response.endReport { $0.member("message", "pong") }
        }
        let parts: [any ServerPart] = [
            WorkRoute(.loop, "/demo/cpu/blocking", \.demonstrations),
            WorkRoute(.worker, "/demo/cpu/worker/run", \.demonstrations),
            // The job's own path is below `worker`; the shorter one beside `ping` leads to the same.
            ReportRoutes(reports, below: "/demo/cpu", isDemo: true),
            ReportRoutes(reports, below: "/demo/cpu/worker", isDemo: true),
        ]
        for part in parts { part.addRoutes(to: router, behind: gates) }
    }

    private func addStreams(to router: Router, _ access: [any Middleware]) {
        router.get("/demo/stream/csv", through: access) { request, response in
            guard let count = Self.count(request, response) else { return }
            response.setHeader(.contentType, "text/csv; charset=utf-8")
            Self.send(count, DemoRows.csvHead, to: response, DemoRows.appendCSV)
        }
        router.get("/demo/stream/ndjson", through: access) { request, response in
            guard let count = Self.count(request, response) else { return }
            response.setHeader(.contentType, "application/x-ndjson; charset=utf-8")
            Self.send(count, "", to: response, DemoRows.appendJSON)
        }
    }

    private static func count(_ request: IncomingMessage, _ response: ServerResponse) -> Int? {
        response.parameter("count", of: request, in: DemoRows.counts, default: DemoRows.standardCount)
    }

    private static func send(
        _ count: Int, _ head: String, to response: ServerResponse, _ append: @escaping (Int, inout [UInt8]) -> Void
    ) {
        var number = 0
        BodyStream.send(head, to: response) { piece in
            guard number < count else { return false }
            number += 1
            append(number, &piece)
            return true
        }
    }
}

// MARK: - Errors

extension DemoRoutes {
    /// What `/demo/error/internal` runs into.
    private struct Broken: Error, CustomStringConvertible {
        let description = "a handler has failed on purpose"
    }

    private func addErrors(to router: Router, _ access: [any Middleware]) {
        router.get("/demo/error/internal", through: access) { (_: IncomingMessage, _: ServerResponse) throws -> Void in
            throw Broken()
        }
        router.get("/demo/error/unauthorized", through: access) { _, response in
            response.setHeader(.wwwAuthenticate, "Bearer")
            response.end(.invalidToken, "A token is needed: Authorization: Bearer TOKEN.")
        }
        router.get("/demo/error/forbidden", through: access) { _, response in
            response.end(.insufficientPermissions, "This needs the role admin.")
        }
        router.get("/demo/error/notfound", through: access) { _, response in
            response.end(.notFound, "There is nothing of that name.")
        }
        router.post("/demo/error/validation", through: access) { _, response in
            response.end(invalid: "priority", "priority must be a whole number from -1000000 to 1000000.")
        }
        router.post("/demo/error/missingfield", through: access) { _, response in
            response.end(.missingRequiredField, "title is required.") { $0.member("field", "title") }
        }
    }
}
