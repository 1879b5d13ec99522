import TaskEngine
import UVCore

/// What `POST /tasks/work` is sent: all that a busy worker has to say, in one.
struct TurnRequest {
    /// How many items of a kind a turn has at most.
    static let limit = 100

    private(set) var complete: [HolderRequest] = []
    private(set) var fail: [HolderRequest] = []
    private(set) var release: [HolderRequest] = []
    private(set) var renew: [HolderRequest] = []
    private(set) var claim: ClaimRequest?

    init(json bytes: [UInt8]) throws(BodyError) {
        self = try BodyReader.read(bytes) { body throws(JSONError) in try Self(body: &body) }
    }

    private init?(body: inout BodyReader) throws(JSONError) {
        var worker: PlainText?
        while let name = try body.nextMember() {
            if body.says(name, "worker") {
                worker = try body.worker()
            } else if body.says(name, "complete") {
                complete = try body.items(.complete)
            } else if body.says(name, "fail") {
                fail = try body.items(.fail)
            } else if body.says(name, "release") {
                release = try body.items(.release)
            } else if body.says(name, "renew") {
                renew = try body.items(.renew)
            } else if body.says(name, "claim") {
                // The worker's name may come behind it.
                claim =
                    try body.null("claim")
                    ? nil
                    : body.object("claim") { claim throws(JSONError) in
                        try ClaimRequest(body: &claim, worker: "")
                    }
            } else {
                try body.skip()
            }
        }
        guard let worker = body.required(worker, "worker") else { return nil }
        claim = claim?.named(worker)
    }

    /// What the queue is asked for, in the order in which it is: what ends comes before what begins.
    var actions: [TaskCommand.Action] {
        var actions: [TaskCommand.Action] = []
        actions.reserveCapacity(complete.count + fail.count + release.count + renew.count + 1)
        for calls in [complete, fail, release, renew] {
            for call in calls { if let id = call.id { actions.append(.work(call.command(for: id))) } }
        }
        if let claim { actions.append(.work(.claim(claim.claim))) }
        return actions
    }
}

extension BodyReader {
    fileprivate mutating func items(_ call: HolderCall) throws(JSONError) -> [HolderRequest] {
        try array(call.name, atMost: TurnRequest.limit, "an array of at most \(TurnRequest.limit) objects") {
            body throws(JSONError) in
            guard try body.json.beginObject() else { return body.note(nil, "item", "an object") }
            return try HolderRequest(call, body: &body, namesTask: true)
        } ?? []
    }
}
