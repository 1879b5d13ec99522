import TaskEngine
import Testing

@testable import TaskService

@Suite("A task as a line")
struct TaskLineTests {
    private static let id = "01a20a04-8c92-7000-950f-c287f654ce92"
    private static let time = "2026-11-23T20:06:40.018Z"

    private func line(_ members: [String: String?]) -> [UInt8] {
        let usual = [
            "id": "\"\(Self.id)\"", "title": "\"t\"", "createdAt": "\"\(Self.time)\"", "updatedAt": "\"\(Self.time)\"",
        ]
        let all = usual.merging(members.compactMapValues(\.self)) { _, new in new }
            .filter { members[$0.key] != .some(nil) }
        return Array("{\(all.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ","))}".utf8)
    }

    @Test("What an export writes is read as it was")
    func roundTrip() throws {
        let odd = "\u{0} \u{1F600} e\u{301} ' \" \\ \u{2028}"
        let id = try #require(TaskID(Self.id))
        let task = TaskRecord(
            id: id, title: "t\(odd)t", description: odd, status: .inProgress, priority: -1_000_000,
            dependencies: [id, TaskID(high: 7, low: 9)], project: "red",
            createdAt: Timestamp(milliseconds: -62_167_219_200_000),
            updatedAt: Timestamp(milliseconds: 253_402_300_799_999), revision: 0)
        var json = JSONText()
        json.task(task)
        #expect(try TaskLine(json.bytes).task == task)
    }

    @Test("Only a task that has failed was cancelled, whatever the line says", arguments: TaskStatus.allCases)
    func cancelled(status: TaskStatus) throws {
        let task = try TaskLine(line(["state": "\"cancelled\"", "status": "\"\(status.rawValue)\""])).task
        #expect(task.status == status && (task.work?.cancellation != nil) == (status == .failed))
    }

    @Test("How the work on a task has gone is read as it was, but for a lease, which is of one history")
    func work() throws {
        let id = try #require(TaskID(Self.id))
        var work = WorkState()
        (work.attempt, work.stalls, work.isEndedByQueue) = (3, 1, true)
        work.startedAt = Timestamp(milliseconds: 5)
        work.finishedAt = Timestamp(milliseconds: 9)
        work.error = WorkError(code: "GONE", message: "m\u{0}", details: JSONBody(checked: Array("[1]".utf8)))
        work.cancellation = Cancellation(reason: "by hand", by: id)
        let bodies = TaskBodies(result: JSONBody(checked: Array(#"{"a":null}"#.utf8)))
        let time = Timestamp(milliseconds: 7)
        let cancelled = TaskRecord(
            id: id, title: "t", status: .failed, createdAt: time, updatedAt: time, revision: 0, work: work)
        var atOnce = cancelled
        atOnce.work?.finishedAt = time
        atOnce.work?.stalls = 0
        (work.isEndedByQueue, work.finishedAt) = (false, nil)
        var leased = cancelled
        work.lease = Lease(worker: "w", fence: 7, length: .seconds(9), timeout: nil, claimKey: nil, since: time)
        (leased.status, leased.work) = (.inProgress, work)
        var running = leased
        running.work?.cancellation = nil
        (work.lease, work.cancellation) = (nil, nil)
        var waiting = cancelled
        (waiting.status, waiting.work) = (.pending, work)
        for (task, expected) in [(cancelled, cancelled), (running, waiting), (leased, atOnce)] {
            var json = JSONText()
            json.line(task, bodies)
            let read = try TaskLine(Array(json.bytes.dropLast()))
            #expect(read.task == expected && read.bodies == bodies)
        }
    }

    @Test(
        "What a task waits for is at most ten years behind now and behind the times of the task",
        arguments: [
            ("2126-01-02T00:00:00.000Z", "\"runAt\":\"2136-01-03T00:00:00.000Z\"", true),
            ("2126-01-02T00:00:00.000Z", "\"runAt\":\"2136-01-03T00:00:00.001Z\"", false),
            ("2016-01-02T00:00:00.000Z", "\"runAt\":\"2036-01-02T00:00:00.000Z\"", true),
            ("2016-01-02T00:00:00.000Z", "\"runAt\":\"2136-01-02T00:00:00.000Z\"", false),
            ("2126-01-02T00:00:00.000Z", "\"delay\":31536000", true),
            ("9999-12-31T23:59:58.999Z", "\"delay\":1", true), ("9999-12-31T23:59:58.999Z", "\"delay\":1.001", false),
        ])
    func runAt(time: String, member: String, isTaken: Bool) throws {
        for (created, updated) in [(time, Self.time), (Self.time, time)] {
            // A delay begins when the task is made.
            guard created == time || !member.contains("delay") else { continue }
            let times = #""createdAt":"\#(created)","updatedAt":"\#(updated)""#
            let text = #"{"id":"\#(Self.id)","title":"t",\#(times),\#(member)}"#
            guard let line = try? TaskLine(Array(text.utf8)) else {
                #expect(!isTaken, "\(text)")
                continue
            }
            #expect(isTaken, "\(text)")
            var json = JSONText()
            json.line(line.task, line.bodies)
            let again = try TaskLine(Array(json.bytes.dropLast())).task
            #expect(again.work?.due?.instant == line.task.work?.due?.instant && again.work?.due != nil)
        }
    }

    @Test("What has not ended has no end, whatever the line says", arguments: TaskStatus.allCases)
    func ends(status: TaskStatus) throws {
        let work = try TaskLine(
            line([
                "status": "\"\(status.rawValue)\"", "finishedAt": "\"\(Self.time)\"", "endedByQueue": "true",
                "attempt": "1",
            ])
        ).task.work
        #expect((work?.finishedAt != nil, work?.isEndedByQueue) == (status.isEnd, status.isEnd))
    }

    @Test("What a line leaves out gets the default that a new task has, and other members are ignored")
    func defaults() throws {
        let task = try TaskLine(line(["other": "[1]", "revision": "7"])).task
        #expect(
            (task.title, task.description, task.status, task.priority) == ("t", "", .pending, TaskPriority.standard))
        #expect(task.dependencies == [] && task.project == nil && task.createdAt.description == Self.time)
    }

    @Test(
        "A line that is no task's says why",
        arguments: [
            (["id": nil], "id is required"),
            (["id": "\"7\""], "id must be a UUID such as a server gives"),
            (["id": "\"ffffffff-ffff-7fff-bfff-ffffffffffff\""], "id must be a UUID such as a server gives"),
            (["title": nil], "title is required"),
            (["title": "\" \""], "title must be a string of 1 to 500 characters, spaces at its ends not counted"),
            (["priority": "1.5"], "priority must be an integer from -1000000 to 1000000"),
            (["dependencies": "[\"x\"]"], "dependencies must be a list of at most 1,000 task ids, each a UUID"),
            (["createdAt": nil], "createdAt is required"),
            (["attempt": "-1"], "attempt must be an integer from 0 to 9223372036854775807"),
            (["stalls": "\"1\""], "stalls must be an integer from 0 to 9223372036854775807"),
            (["startedAt": "5"], "startedAt must be a time such as 2026-01-02T03:04:05.678Z"),
            (["finishedAt": "\"5\""], "finishedAt must be a time such as 2026-01-02T03:04:05.678Z"),
            (["endedByQueue": "1"], "endedByQueue must be true or false"),
            (["error": "[]"], "error must be an object"),
            (["error": "{\"code\":\"A\"}"], "error.message is required"),
            (["error": "{\"message\":1}"], "error.message must be a string"),
            (["error": #"{"message":"","code":""}"#], "error.code must be 1 to 128 bytes"),
            (["error": #"{"message":"","code":1}"#], "error.code must be 1 to 128 bytes"),
            (
                ["error": "{\"message\":\"\",\"code\":\"\(String(repeating: "x", count: 129))\"}"],
                "error.code must be 1 to 128 bytes"
            ),
            (
                ["error": "{\"message\":\"\",\"details\":\"\(String(repeating: "x", count: 8_191))\"}"],
                "error.details must be JSON of at most 8192 bytes"
            ),
            (["reason": "\"x\""], "reason must be an object"),
            (["reason": #"{"text":""}"#], "reason.text must be a string of 1 to 500 bytes"),
            (
                ["reason": "{\"text\":\"\(String(repeating: "x", count: 501))\"}"],
                "reason.text must be a string of 1 to 500 bytes"
            ),
            (["reason": #"{"by":"x"}"#], "reason.by must be the id of a task"),
            (["result": "\"\(String(repeating: "x", count: 65_535))\""], "result must be JSON of at most 65536 bytes"),
            (["updatedAt": "5"], "updatedAt must be a time such as 2026-01-02T03:04:05.678Z"),
            (
                ["updatedAt": "\"2026-02-30T00:00:00.000Z\""],
                "updatedAt must be a time such as 2026-01-02T03:04:05.678Z"
            ),
        ] as [([String: String?], String)])
    func refused(members: [String: String?], message: String) {
        let error = #expect(throws: LineError.self) { try TaskLine(line(members)) }
        #expect(error?.message == message)
    }

    @Test("What a task's work has left is taken at its limits, a message is cut, and null is nothing")
    func atLimits() throws {
        let (code, reason) = (String(repeating: "c", count: 128), String(repeating: "r", count: 500))
        let details = "\"\(String(repeating: "d", count: 8_190))\""
        let message = String(repeating: "é", count: 1_001)
        let task = try TaskLine(
            line([
                "status": "\"failed\"", "state": "\"cancelled\"", "attempt": "9007199254740993", "stalls": "1000001",
                "error": #"{"code":"\#(code)","message":"\#(message)","details":\#(details)}"#,
                "reason": #"{"text":"\#(reason)","by":null}"#, "startedAt": "null", "finishedAt": "null",
            ])
        ).task
        let work = try #require(task.work)
        let error = try #require(work.error)
        #expect(error.code?.text == code && error.details?.bytes.count == 8_192)
        #expect(error.message.text == String(message.dropLast()))
        #expect(work.cancellation == Cancellation(reason: PlainText(reason), by: nil))
        #expect((work.attempt, work.stalls) == (1_000_000, 1_000_000))
        #expect(try TaskLine(line(["error": "null", "reason": "null"])).task.work == nil)
    }

    @Test("What is no JSON object is told", arguments: ["[1]", "7", "{", "{}x", "nul"])
    func noObject(text: String) {
        #expect(throws: LineError.self) { try TaskLine(Array(text.utf8)) }
    }
}
