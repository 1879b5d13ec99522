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

extension ProjectSettings {
    /// The settings with the members of `json` in place of their own; null is for the standard.
    init(_ former: ProjectSettings, json bytes: [UInt8]) throws(BodyError) {
        self = try BodyReader.read(bytes) { body throws(JSONError) in try former.changed(by: &body) }
    }

    private func changed(by body: inout BodyReader) throws(JSONError) -> ProjectSettings {
        var settings = self
        while let name = try body.nextMember() {
            if body.says(name, "paused") {
                settings.isPaused = try body.null("paused") ? false : body.bool("paused") ?? false
            } else if body.says(name, "maxRunning") {
                settings.maxRunning = try body.null("maxRunning") ? nil : body.integer("maxRunning", in: 1...1_000_000)
            } else if body.says(name, "lease") {
                settings.lease = try body.null("lease") ? nil : body.seconds("lease", in: 5...43_200)
            } else if body.says(name, "maxAttempts") {
                settings.maxAttempts = try body.null("maxAttempts") ? nil : body.integer("maxAttempts", in: 1...100)
            } else if body.says(name, "timeout") {
                settings.timeout = try body.null("timeout") ? nil : body.seconds("timeout", in: 1...604_800)
            } else if body.says(name, "retry") {
                settings.retry = try body.null("retry") ? nil : body.retry()
            } else {
                try body.skip()
            }
        }
        return settings
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
