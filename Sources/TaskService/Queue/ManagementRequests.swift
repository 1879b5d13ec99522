import TaskEngine
import UVCore

/// What `POST /tasks/:id/cancel` is sent; nothing at all will do.
struct CancelRequest {
    private(set) var reason: PlainText?
    private(set) var isForced = false

    init(json bytes: [UInt8]) throws(BodyError) {
        guard !bytes.isEmpty else { return }
        self = try BodyReader.read(bytes) { body throws(JSONError) in try Self(body: &body) }
    }

    private init(body: inout BodyReader) throws(JSONError) {
        while let name = try body.nextMember() {
            if body.says(name, "reason") {
                reason = try body.cancellationReason("reason")
            } else if body.says(name, "force") {
                isForced = try body.bool("force") ?? false
            } else {
                try body.skip()
            }
        }
    }
}

extension ProjectChange {
    /// What the members of `json` name; null is for the standard.
    init(json bytes: [UInt8]) throws(BodyError) {
        self = try BodyReader.read(bytes) { body throws(JSONError) in try Self(body: &body) }
    }

    private init(body: inout BodyReader) throws(JSONError) {
        self.init()
        while let name = try body.nextMember() {
            if body.says(name, "paused") {
                isPaused = try body.null("paused") ? false : body.bool("paused")
            } else if body.says(name, "maxRunning") {
                maxRunning = .some(try body.null("maxRunning") ? nil : body.integer("maxRunning", in: 1...1_000_000))
            } else if body.says(name, "lease") {
                lease = .some(try body.null("lease") ? nil : body.seconds("lease", in: 5...43_200))
            } else if body.says(name, "maxAttempts") {
                maxAttempts = .some(try body.null("maxAttempts") ? nil : body.integer("maxAttempts", in: 1...100))
            } else if body.says(name, "timeout") {
                timeout = .some(try body.null("timeout") ? nil : body.seconds("timeout", in: 1...604_800))
            } else if body.says(name, "retry") {
                retry = .some(try body.null("retry") ? nil : body.retry())
            } else {
                try body.skip()
            }
        }
    }
}

extension BodyReader {
    fileprivate mutating func retry() throws(JSONError) -> RetryPolicy? {
        let rule = TaskField.retry.rule
        guard let retry = try json.readRetry() else { return note(nil, "retry", rule) }
        var fields = TaskFields()
        let isRight =
            (try? fields.set(retryBase: retry.base, factor: retry.factor, max: retry.max, jitter: retry.jitter)) != nil
        return note(isRight ? fields.work?.value.retry : nil, "retry", rule)
    }
}
