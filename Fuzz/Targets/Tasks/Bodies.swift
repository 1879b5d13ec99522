@testable import TaskEngine
@testable import TaskService
@testable import UVCore

extension FuzzTarget {
    /// The body of a request that makes a task, and a line of an import: what was read is written, and read again.
    static let taskJSON = FuzzTarget("task-json", "tasks as clients and imports write them") { bytes in
        if let line = try? TaskLine(bytes) { try checkWrittenAgain(line.task, line.bodies) }
        guard let fields = try? TaskFields(json: bytes) else { return }
        let time = Timestamp(milliseconds: 1_700_000_000_000)
        let id = TaskID(high: 0x018B_CFE5_6800_7000, low: 0x8000_0000_0000_0001)
        guard let task = try? fields.newTask(id, createdAt: time, updatedAt: time, revision: 0) else { return }
        var bodies = TaskBodies()
        if let payload = fields.work?.value.payload { bodies.payload = payload }
        try checkWrittenAgain(task, bodies)
    }

    private static func checkWrittenAgain(_ task: TaskRecord, _ bodies: TaskBodies) throws {
        let line = written(task, bodies)
        let read = try TaskLine(line)
        let again = written(read.task, read.bodies)
        try expect(
            again == line,
            "\(String(decoding: line, as: UTF8.self)) is \(String(decoding: again, as: UTF8.self))")
    }

    private static func written(_ task: TaskRecord, _ bodies: TaskBodies) -> [UInt8] {
        var text = JSONText()
        text.line(task, bodies)
        return text.bytes.dropLast()
    }

    /// What workers and managers send.
    static let queueJSON = FuzzTarget("queue-json", "bodies of the work queue's requests") { bytes in
        if let request = try? ClaimRequest(json: bytes) {
            try expect((1...100).contains(request.claim.limit) && request.wait <= .seconds(60), "\(request)")
        }
        for call in HolderCall.allCases {
            guard let request = try? HolderRequest(call, json: bytes) else { continue }
            try expect(request.fence > 0 && request.id == nil, "\(request)")
        }
        if let request = try? TurnRequest(json: bytes) {
            let counts = [request.complete.count, request.fail.count, request.release.count, request.renew.count]
            try expect(counts.allSatisfy { $0 <= TurnRequest.limit }, "\(counts)")
            try expect(request.actions.count <= counts.reduce(1, +), "\(request.actions.count) actions")
        }
        if let request = try? BatchRequest(json: bytes) {
            try expect((1...BatchRequest.limit).contains(request.items.count), "\(request.items.count) tasks")
            var number: UInt64 = 0
            let made = try? request.actions {
                number += 1
                return TaskID(high: 1, low: number)
            }
            try expect(made.map { $0.places.sorted() == Array(request.items.indices) } ?? true, "\(request.items)")
        }
        _ = try? CancelRequest(json: bytes)
        _ = try? ProjectChange(json: bytes)
    }
}
