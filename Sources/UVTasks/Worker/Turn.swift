import UVCore

/// What a worker tells the server in one request, and what it asks for: the body of `POST /tasks/work`.
package struct Turn: Sendable {
    /// What has become of a task that the worker held.
    package struct Outcome: Sendable {
        package let id: ClaimID
        package let kind: Kind

        package init(id: ClaimID, kind: Kind) { (self.id, self.kind) = (id, kind) }

        package enum Kind: Sendable {
            case complete(JSON?)
            case fail(message: String, isRetryable: Bool, retryAfter: Duration?)
            /// Given back: another worker may have it at once.
            case release
        }
    }

    /// A lease that is to begin anew.
    package struct Renewal: Sendable {
        package let id: ClaimID
        package var progress: Progress?
    }

    package struct Progress: Sendable {
        let percent: Int
        let note: String?

        /// - Parameter note: Cut at 200 bytes, which is what the server takes.
        package init(percent: Int, note: String? = nil) {
            self.percent = min(max(percent, 0), 100)
            self.note = note.map { note in
                var length = 0
                return String(
                    String.UnicodeScalarView(
                        note.unicodeScalars.prefix { scalar in
                            length += UTF8.width(scalar)
                            return length <= 200
                        }))
            }
        }
    }

    /// A wish for more tasks.
    package struct Claim: Sendable {
        package let types: [String]
        package let limit: Int
        package let lease: Duration?
        package let wait: Duration

        /// Under which the same tasks come again when an answer was lost.
        package let key: String
    }

    package let worker: String
    package var outcomes: [Outcome] = []
    package var renewals: [Renewal] = []
    package var claim: Claim?

    /// When it was made, in the loop's time: a lease that it renews has begun by then at the latest.
    package var madeAt: Int64 = 0
}

extension Turn {
    /// The server takes 100 of each kind, and 1 MiB in all.
    static let mostItems = 100
    static let mostBytes = 512 << 10
}

extension Turn.Outcome {
    /// About how much it adds to the request.
    var byteCount: Int {
        switch kind {
        case .complete(let result): 100 + (result?.bytes.count ?? 0)
        case .fail(let message, _, _): 200 + 2 * message.utf8.count
        case .release: 100
        }
    }
}

// MARK: - As the server reads it

extension Turn: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var members = encoder.members
        try members.encode(worker, forKey: "worker")
        let sorted: [(JSONKey, [Outcome])] = [
            ("complete", outcomes.filter { if case .complete = $0.kind { true } else { false } }),
            ("fail", outcomes.filter { if case .fail = $0.kind { true } else { false } }),
            ("release", outcomes.filter { if case .release = $0.kind { true } else { false } }),
        ]
        for (key, items) in sorted where !items.isEmpty { try members.encode(items, forKey: key) }
        if !renewals.isEmpty { try members.encode(renewals, forKey: "renew") }
        try members.encodeIfPresent(claim, forKey: "claim")
    }
}

extension Turn.Outcome: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var members = encoder.members
        try members.encode(id.task.text, forKey: "id")
        try members.encode(id.fence, forKey: "fence")
        switch kind {
        case .complete(let result): try members.encodeIfPresent(result, forKey: "result")
        case .fail(let message, let isRetryable, let retryAfter):
            var error = members.nestedContainer(keyedBy: JSONKey.self, forKey: "error")
            try error.encode(message, forKey: "message")
            try members.encode(isRetryable, forKey: "retryable")
            try members.encodeIfPresent(retryAfter.map(Seconds.init), forKey: "retryAfter")
        case .release: break
        }
    }
}

extension Turn.Renewal: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var members = encoder.members
        try members.encode(id.task.text, forKey: "id")
        try members.encode(id.fence, forKey: "fence")
        try members.encodeIfPresent(progress, forKey: "progress")
    }
}

extension Turn.Progress: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var members = encoder.members
        try members.encode(percent, forKey: "percent")
        try members.encodeIfPresent(note, forKey: "note")
    }
}

extension Turn.Claim: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var members = encoder.members
        try members.encode(types, forKey: "types")
        try members.encode(limit, forKey: "limit")
        try members.encodeIfPresent(lease.map(Seconds.init), forKey: "lease")
        try members.encode(Seconds(wait), forKey: "wait")
        try members.encode(key, forKey: "key")
    }
}
