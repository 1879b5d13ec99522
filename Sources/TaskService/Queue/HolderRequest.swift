import TaskEngine
import UVCore

/// What a worker says of a task that it holds.
enum HolderCall: CaseIterable {
    case complete, fail, release, renew

    /// As paths and turns have it.
    var name: String {
        switch self {
        case .complete: "complete"
        case .fail: "fail"
        case .release: "release"
        case .renew: "renew"
        }
    }
}

/// What the body of such a call says; in a turn, one of several.
struct HolderRequest {
    /// The task, where the path does not name it.
    private(set) var id: TaskID?
    let fence: Int
    let command: Command
    /// How far the work has come, told with a renewal.
    let progress: WorkProgress?

    enum Command {
        case complete(JSONBody?)
        case fail(WorkFailure)
        case release(Duration)
        case renew(Duration?)
    }

    init(_ call: HolderCall, json bytes: [UInt8]) throws(BodyError) {
        self = try BodyReader.read(bytes) { body throws(JSONError) in
            try Self(call, body: &body, namesTask: false)
        }
    }

    /// Reads the object that the reader is in.
    ///
    /// - Parameter namesTask: Whether it says which task it is about.
    /// - Returns: Nil if a member is missing, which is noted.
    init?(_ call: HolderCall, body: inout BodyReader, namesTask: Bool) throws(JSONError) {
        var members = Members()
        while let name = try body.nextMember() {
            if body.says(name, "fence") {
                members.fence = try body.integer("fence", in: 1...Int.max)
            } else if namesTask, body.says(name, "id") {
                members.id = try body.id("id")
            } else if !(try members.read(name, call, from: &body)) {
                try body.skip()
            }
        }
        if namesTask { id = body.required(members.id, "id") }
        progress = members.progress
        guard let fence = body.required(members.fence, "fence"), let command = members.command(call, &body) else {
            return nil
        }
        (self.fence, self.command) = (fence, command)
    }

    /// What the queue is asked for.
    func command(for id: TaskID) -> WorkCommand {
        switch command {
        case .complete(let result): .complete(id, fence: fence, result: result)
        case .fail(let failure): .fail(id, fence: fence, failure)
        case .release(let delay): .release(id, fence: fence, delay: delay)
        case .renew(let lease): .renew(id, fence: fence, lease: lease)
        }
    }
}

private struct Members {
    var id: TaskID?
    var fence: Int?
    var result: JSONBody?
    var error: WorkError?
    var isRetryable: Bool?
    var retryAfter: Duration?
    var delay: Duration?
    var lease: Duration?
    var progress: WorkProgress?

    /// Reads a member of one call; false if it is none of it, and then it was not read.
    mutating func read(
        _ name: JSONString, _ call: HolderCall, from body: inout BodyReader
    ) throws(JSONError) -> Bool {
        switch call {
        case .complete where body.says(name, "result"):
            result = try body.body("result", limit: JSONBody.limit) ?? nil
        case .fail where body.says(name, "error"): error = try body.error()
        case .fail where body.says(name, "retryable"): isRetryable = try body.bool("retryable")
        case .fail where body.says(name, "retryAfter"):
            retryAfter = try body.null("retryAfter") ? nil : body.seconds("retryAfter", in: 0...604_800)
        case .release where body.says(name, "delay"): delay = try body.seconds("delay", in: 0...31_536_000)
        case .renew where body.says(name, "lease"):
            lease = try body.null("lease") ? nil : body.seconds("lease", in: 5...43_200)
        case .renew where body.says(name, "progress"): progress = try body.null("progress") ? nil : body.progress()
        default: return false
        }
        return true
    }

    func command(_ call: HolderCall, _ body: inout BodyReader) -> HolderRequest.Command? {
        switch call {
        case .complete: .complete(result)
        case .release: .release(delay ?? .zero)
        case .renew: .renew(lease)
        case .fail:
            body.required(error, "error").map { error in
                .fail(WorkFailure(error, isRetryable: isRetryable ?? true, retryAfter: retryAfter))
            }
        }
    }
}

extension BodyReader {
    fileprivate mutating func progress() throws(JSONError) -> WorkProgress? {
        try object("progress") { body throws(JSONError) in
            var progress = WorkProgress()
            while let name = try body.nextMember() {
                if body.says(name, "percent") {
                    progress.percent = try body.null("percent") ? nil : body.number("percent", in: 0...100)
                } else if body.says(name, "note") {
                    progress.note =
                        try body.null("note")
                        ? nil : body.string("note", rule: "a string of at most 200 bytes") { $0.byteCount <= 200 }
                } else {
                    try body.skip()
                }
            }
            return progress
        }
    }
}
