import TaskEngine
import UVCore

/// What the work queue knows of a task, behind its other members. Members that every task has are written as one piece:
/// room for all of them is made once, and each begins with its comma.
extension JSONText {
    mutating func work(_ view: TaskView, _ work: WorkState) {
        let (state, settings) = (view.task.state(unmet: view.unmet), work.settings)
        beginning(view, work, settings.type, state)
        self.settings(settings, view.project, view.form == .full)
        if let lease = work.lease { self.lease(lease, view.lease) } else { leaseLength(view, settings) }
        counts(view, work, waitingFor: state == .waiting ? view.unmet : 0)
        outcome(view, work, isCancelled: state == .cancelled)
        if view.isAlone, view.form == .full || !work.attempts.isEmpty { attempts(work.attempts) }
    }

    /// What it is, and whether it waits.
    private mutating func beginning(_ view: TaskView, _ work: WorkState, _ type: PlainText?, _ state: TaskState) {
        let (isFull, due) = (view.form == .full, work.due)
        let payload = view.isAlone ? view.bodies.payload?.bytes ?? [] : []
        members(room: 120 + (type?.text.roomAsJSON ?? 0) + payload.count) { output, times in
            if isFull || type != nil {
                output.append(#","type":"#)
                output.append(jsonOrNull: type)
            }
            if view.isAlone, isFull || !payload.isEmpty {
                output.append(#","payload":"#)
                output.append(bodyOrNull: payload)
            }
            output.append(#","state":"#)
            output.append(quoted: state.rawValue.utf8.span.bytes)
            if isFull || due != nil {
                output.append(#","runAt":"#)
                output.append(due?.instant, by: &times)
            }
        }
    }

    /// How far it has come.
    private mutating func counts(_ view: TaskView, _ work: WorkState, waitingFor: Int) {
        let isFull = view.form == .full
        members(room: 200) { output, times in
            if isFull || work.attempt > 0 {
                output.append(#","attempt":"#)
                output.append(decimal: work.attempt)
            }
            if isFull || work.stalls > 0 {
                output.append(#","stalls":"#)
                output.append(decimal: work.stalls)
            }
            if isFull || waitingFor > 0 {
                output.append(#","waitingFor":"#)
                output.append(decimal: waitingFor)
            }
            if isFull || work.startedAt != nil {
                output.append(#","startedAt":"#)
                output.append(work.startedAt, by: &times)
            }
            if isFull || work.finishedAt != nil {
                output.append(#","finishedAt":"#)
                output.append(work.finishedAt, by: &times)
            }
        }
    }

    /// What has come of it.
    private mutating func outcome(_ view: TaskView, _ work: WorkState, isCancelled: Bool) {
        let isFull = view.form == .full
        if isFull, view.isAlone, view.progress == nil, view.bodies.result == nil, work.error == nil,
            work.cancellation == nil
        {
            let nothing: StaticString =
                #","progress":null,"result":null,"error":null,"cancelRequested":false,"reason":null"#
            return members(room: nothing.utf8CodeUnitCount) { output, _ in output.append(nothing) }
        }
        let isCancelRequested = work.fence != nil && work.cancellation != nil
        if let progress = view.progress { self.progress(progress) } else if isFull { memberNull("progress") }
        if view.isAlone {
            if let result = view.bodies.result {
                member("result", json: result.bytes.span.bytes)
            } else if isFull {
                memberNull("result")
            }
        }
        if let error = work.error { self.error("error", error) } else if isFull { memberNull("error") }
        if isFull || isCancelRequested { member("cancelRequested", isCancelRequested) }
        reason(isCancelled || isCancelRequested ? work.cancellation : nil, isFull)
    }
}

// MARK: - Its parts

extension JSONText {
    private mutating func settings(_ settings: WorkSettings, _ project: ProjectSettings?, _ isFull: Bool) {
        guard isFull, project == nil, settings.areStandard else { return eachSetting(settings, project, isFull) }
        let standard = Self.standardSettings.span.bytes
        members(room: standard.byteCount) { output, _ in output.append(copying: standard) }
    }

    /// The settings of most tasks, in full: written once for all of them.
    private static let standardSettings =
        [UInt8(ascii: ",")] + JSONText.object { $0.eachSetting(WorkSettings(), nil, true) }.dropFirst().dropLast()

    private mutating func eachSetting(_ settings: WorkSettings, _ project: ProjectSettings?, _ isFull: Bool) {
        if isFull || settings.maxAttempts ?? WorkSettings.standardMaxAttempts != WorkSettings.standardMaxAttempts {
            member("maxAttempts", settings.maxAttempts ?? project?.maxAttempts ?? WorkSettings.standardMaxAttempts)
        }
        if isFull || settings.retry ?? .standard != .standard { retry(settings.retry ?? project?.retry ?? .standard) }
        if isFull || (settings.timeout ?? nil) != nil {
            member("timeout", seconds: settings.timeout ?? project?.timeout)
        }
        if isFull || settings.maxStalls ?? WorkSettings.standardMaxStalls != WorkSettings.standardMaxStalls {
            member("maxStalls", settings.maxStalls ?? WorkSettings.standardMaxStalls)
        }
        if isFull || settings.onDependencyFailure ?? .cancel != .cancel {
            member("onDependencyFailure", (settings.onDependencyFailure ?? .cancel).rawValue)
        }
        if let unique = settings.unique {
            member("unique") { json in
                json.member("key", unique.key.text)
                json.member("onConflict", unique.onConflict.rawValue)
            }
        } else if isFull {
            memberNull("unique")
        }
    }

    /// How long a claim of the task lasts, which no worker holds.
    private mutating func leaseLength(_ view: TaskView, _ settings: WorkSettings) {
        let standard = WorkSettings.standardLease
        guard view.form == .full || settings.lease ?? standard != standard else { return }
        member("lease", seconds: settings.lease ?? view.project?.lease ?? standard)
    }

    /// The worker that holds the task.
    ///
    /// - Parameter known: What the clock knows of it; nil where it does not, as in an event: then it is as it began.
    mutating func lease(_ lease: Lease, _ known: (length: Duration, end: Timestamp)?) {
        let length = known?.length ?? lease.length
        let end = known?.end ?? Timestamp(milliseconds: lease.since.milliseconds + lease.length.wholeMilliseconds)
        let worker = lease.worker.text
        value(room: 160 + worker.roomAsJSON) { output, times in
            output.append(#""lease":{"worker":"#)
            output.append(json: worker.utf8.span.bytes)
            output.append(#","fence":"#)
            output.append(decimal: lease.fence)
            output.append(#","seconds":"#)
            output.append(seconds: length)
            output.append(#","expiresAt":"#)
            output.append(end, by: &times)
            output.append(UInt8(ascii: "}"))
        }
    }

    mutating func retry(_ policy: RetryPolicy) {
        member("retry") { json in
            json.member("base", seconds: policy.base)
            json.member("factor", number: policy.factor)
            json.member("max", seconds: policy.max)
            json.member("jitter", number: policy.jitter)
        }
    }

    private mutating func progress(_ progress: WorkProgress) {
        member("progress") { json in
            if let percent = progress.percent {
                json.member("percent", number: percent)
            } else {
                json.memberNull("percent")
            }
            json.member("note", progress.note?.text)
        }
    }

    mutating func error(_ name: StaticString, _ error: WorkError) {
        member(name) { json in
            json.member("code", error.code?.text)
            json.member("message", error.message.text)
            if let details = error.details { json.member("details", json: details.bytes.span.bytes) }
        }
    }

    private mutating func reason(_ cancellation: Cancellation?, _ isFull: Bool) {
        guard let cancellation, cancellation.reason != nil || cancellation.by != nil else {
            if isFull { memberNull("reason") }
            return
        }
        member("reason") { json in
            json.member("text", cancellation.reason?.text)
            if let by = cancellation.by { json.member("by", by) }
        }
    }

    private mutating func attempts(_ attempts: [Attempt]) {
        array("attempts") { json in
            for attempt in attempts { json.attempt(attempt) }
        }
    }

    private mutating func attempt(_ attempt: Attempt) {
        let worker = attempt.worker.text
        value(room: 200 + worker.roomAsJSON) { output, times in
            output.append(#"{"worker":"#)
            output.append(json: worker.utf8.span.bytes)
            output.append(#","fence":"#)
            output.append(decimal: attempt.fence)
            output.append(#","startedAt":"#)
            output.append(attempt.startedAt, by: &times)
            output.append(#","endedAt":"#)
            output.append(attempt.endedAt, by: &times)
            output.append(#","outcome":"#)
            output.append(quoted: attempt.outcome.rawValue.utf8.span.bytes)
            output.append(UInt8(ascii: "}"))
        }
        guard let error = attempt.error else { return }
        reopen()
        self.error("error", error)
        endObject()
    }
}

extension WorkSettings {
    /// Whether all of them, but what has a place of its own among the members, say nothing.
    fileprivate var areStandard: Bool {
        maxAttempts == nil && retry == nil && timeout == nil && maxStalls == nil && onDependencyFailure == nil
            && unique == nil
    }
}

extension OutputSpan<UInt8> {
    fileprivate mutating func append(jsonOrNull text: PlainText?) {
        if let text { append(json: text.text.utf8.span.bytes) } else { append("null") }
    }

    fileprivate mutating func append(bodyOrNull body: [UInt8]) {
        if body.isEmpty { append("null") } else { append(copying: body.span.bytes) }
    }

    fileprivate mutating func append(_ time: Timestamp?, by times: inout TimestampText) {
        guard let time else { return append("null") }
        append(UInt8(ascii: "\""))
        times.write(time, to: &self)
        append(UInt8(ascii: "\""))
    }

    /// To the millisecond, without a fraction where there is none.
    fileprivate mutating func append(seconds duration: Duration) {
        let (seconds, rest) = duration.wholeMilliseconds.quotientAndRemainder(dividingBy: 1_000)
        append(decimal: Int(seconds))
        guard rest > 0 else { return }
        append(UInt8(ascii: "."))
        var (digits, place) = (rest, Int64(100))
        while digits > 0 {
            append(UInt8(ascii: "0") + UInt8(digits / place))
            (digits, place) = (digits % place, place / 10)
        }
    }
}
